export { connect } from './testing/connect.js';
export type { ConnectOptions, TestClient } from './testing/connect.js';
export { RpcError } from './testing/connection.js';
export type { Connection, RequestOptions, TaskView, WireMessage } from './testing/connection.js';
export type { Answers } from './testing/answers.js';
export { scriptedModel } from './testing/scripted-model.js';
export type { ScriptedModel, ScriptedTurn } from './testing/scripted-model.js';
