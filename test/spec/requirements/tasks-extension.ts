import { advice, inTasks, must, mustNot, section, should } from './requirement.js';

export const TASKS_EXTENSION = [
  ...section(inTasks('capability-negotiation'), [
    mustNot('extension.undeclared', 'No request gets a task unless it declares the extension itself.'),
    must('extension.needed', 'Where there is no other way, it is refused with -32021.'),
  ]),
  ...section(inTasks('supported-methods'), [
    should(
      'extension.open',
      'Other requests may make tasks one day.',
      advice('docs/protocol.md', 'Nothing that is said of a task depends on the method that made it'),
    ),
  ]),
  ...section(inTasks('polymorphic-results'), [
    must('extension.result-type', 'The answer that makes a task is of the type `task`.'),
    mustNot('extension.result-type-only', 'Nothing else is.'),
  ]),
  ...section(inTasks('task-status'), [
    mustNot('extension.failed-only', 'A task is failed by an error of its request alone.'),
  ]),
  ...section(inTasks('task-creation'), [
    mustNot('extension.durable', 'A task that was answered is there to be got.'),
    must('extension.consistent', 'Through every process.'),
    should('extension.rounds-first', 'What a call asks before it becomes a task is asked in rounds before that.'),
  ]),
  ...section(inTasks('response'), [
    must('extension.get', '`tasks/get` tells the status.'),
    must('extension.working', 'What works is working.'),
    must('extension.input-required', 'What asks is input_required and has its questions.'),
    must('extension.all-questions', 'All that are open.'),
    must('extension.completed', 'What has a result is completed and has it.'),
    must('extension.cancelled', 'What was cancelled is cancelled.'),
    must('extension.failed', 'What failed is failed and has the error.'),
    must('extension.get-type', 'The answer to `tasks/get` is complete.'),
  ]),
  ...section(inTasks('task-update-requests'), [
    must('extension.keys', 'The key of a question stands for that question, for the whole life of the task.'),
    mustNot('extension.keys-again', 'It is not used again once it was answered.'),
    mustNot('extension.keys-two', 'Nor for two questions.'),
  ]),
  ...section(inTasks('response-2'), [
    must('extension.update', '`tasks/update` is acknowledged with an empty result.'),
    should('extension.update-unknown', 'A task that does not exist is refused.'),
    should('extension.update-ignored', 'Answers to what is not open are ignored.'),
    must('extension.update-type', 'The acknowledgement is complete.'),
  ]),
  ...section(inTasks('response-3'), [
    must('extension.cancel', '`tasks/cancel` is acknowledged with an empty result.'),
    should('extension.cancel-unknown', 'A task that does not exist is refused.'),
    must('extension.cancel-type', 'The acknowledgement is complete.'),
  ]),
  ...section(inTasks('task-cancellation'), [
    mustNot('extension.cancelled-notification', 'A cancelled request does not cancel the task that it made.'),
  ]),
  ...section(inTasks('task-status-notifications'), [
    must('extension.listen-undeclared', 'Who does not declare the extension cannot listen to tasks: -32021.'),
    mustNot('extension.listen-others', 'No progress and no log messages come where a task is listened to.'),
  ]),
  ...section(inTasks('protocol-errors'), [
    must('extension.errors', 'What breaks the protocol is answered with the codes of JSON-RPC.'),
    must('extension.unknown', 'A task that does not exist is -32602.'),
    should('extension.unknown-others', 'To be answered and to be cancelled too.'),
    must('extension.missing-listen', 'A missing extension is -32021 when listening.'),
    must('extension.missing-methods', 'And for each method of tasks.'),
    should('extension.messages', 'With words that say what is wrong.'),
  ]),
  ...section(inTasks('task-execution-errors'), [
    should('extension.failed-message', 'What failed says why.'),
    must('extension.failed-error', 'And has the error.'),
    mustNot('extension.tool-error', 'A tool that failed has not failed its task.'),
    must('extension.tool-error-completed', 'It is completed, with the error in its result.'),
    must('extension.same-error', 'The error is the one of the request.'),
    must('extension.same-result', 'The result is the one of the request.'),
  ]),
  ...section(inTasks('security-considerations'), [
    must('extension.id-random', 'The id of a task cannot be guessed.'),
    must('extension.bound', 'Every request for a task is checked for whose it is.'),
  ]),
];
