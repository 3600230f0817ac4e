import { advice, in2025, must, mustNot, section, should, shouldNot } from './requirement.js';

const page = 'basic/utilities/tasks';
const GUIDE = 'docs/tasks.md';

export const TASKS_2025 = [
  ...section(in2025(`${page}#capabilities`), [
    must('tasks.capability', 'A server with tasks declares for which requests.'),
  ]),
  ...section(in2025(`${page}#capability-negotiation`), [
    shouldNot('tasks.capability-absent', 'A server without tasks declares none.'),
  ]),
  ...section(in2025(`${page}#tool-level-negotiation`), [
    should('tasks.forbidden', 'A tool that is no task is not called as one: -32601.'),
    must('tasks.required', 'A tool that runs as a task alone is not called otherwise: -32601.'),
  ]),
  ...section(in2025(`${page}#getting-tasks`), [
    must('tasks.get-transport', '`tasks/get` is answered as any request over HTTP is.'),
  ]),
  ...section(in2025(`${page}#retrieving-task-results`), [
    must('tasks.result-transport', '`tasks/result` is answered on a stream of its own that can be resumed.'),
  ]),
  ...section(in2025(`${page}#task-support-and-handling`), [
    must('tasks.undeclared', 'A server without tasks serves a call as if it asked for none.'),
  ]),
  ...section(in2025(`${page}#task-id-requirements`), [
    must('tasks.id-string', 'The id of a task is a string.'),
    must('tasks.id-made', 'The server makes it.'),
    must('tasks.id-unique', 'No two tasks have the same.'),
  ]),
  ...section(in2025(`${page}#task-status-lifecycle`), [
    must('tasks.begins', 'A task begins as working.'),
    must('tasks.transitions', 'From there it changes only as the specification has it.'),
    mustNot('tasks.final', 'What has ended does not change any more.'),
  ]),
  ...section(in2025(`${page}#input-required-status`), [
    shouldNot('tasks.get-no-stream', '`tasks/get` is answered with plain JSON.'),
    must('tasks.input-transport', 'The questions of a task come on streams as any others do.'),
    should('tasks.input-required', 'A task that asks is input_required.'),
    must('tasks.related-question', 'Its questions say of which task they are.'),
    should('tasks.input-received', 'With the answers it is so no longer.'),
  ]),
  ...section(in2025(`${page}#ttl-and-resource-management`), [
    must('tasks.created-at', 'A task says when it was created.'),
    must('tasks.updated-at', 'And when it changed last.'),
    must('tasks.ttl', 'And how long it is kept in fact.'),
  ]),
  ...section(in2025(`${page}#result-retrieval`), [
    must('tasks.create-result', 'A call that becomes a task is answered with the task.'),
    should('tasks.create-soon', 'At once, whatever the task does.'),
    must('tasks.result-terminal', 'The result of a task that has ended is there for the asking.'),
    must('tasks.result-blocks', 'The result of one that has not is waited for.'),
    must('tasks.result-same', 'It is what the call would have given, error or not.'),
  ]),
  ...section(in2025(`${page}#associating-task-related-messages`), [
    must('tasks.related', 'What belongs to a task says to which.'),
    must('tasks.related-elicitation', 'Its forms do too.'),
    must('tasks.id-counts', 'Which task is meant is told by `taskId`, whatever `_meta` says.'),
    shouldNot('tasks.related-unneeded', 'Results that have the `taskId` do not say it again.'),
  ]),
  ...section(in2025(`${page}#task-notifications`), [
    shouldNot('tasks.related-status', 'Nor do notifications of status.'),
  ]),
  ...section(in2025(`${page}#task-listing`), [
    should('tasks.list-pages', '`tasks/list` comes in pages.'),
    must('tasks.list-cursor', 'A page that is not the last has a cursor.'),
    must('tasks.list-all', 'What its caller can get is in the list.'),
  ]),
  ...section(in2025(`${page}#task-cancellation`), [
    must('tasks.cancel-ended', 'What has ended is not cancelled: -32602.'),
    should('tasks.cancel-stops', 'What is cancelled is aborted.'),
    must('tasks.cancelled-first', 'It is cancelled before that is answered.'),
    must('tasks.cancelled-final', 'And stays so, whatever its handler still does.'),
  ]),
  ...section(in2025(`${page}#related-task-metadata`), [
    must('tasks.related-all', 'Requests, responses and notifications of a task name it.'),
    shouldNot('tasks.related-operations', 'Where the message has a `taskId` it is not named again.'),
    must('tasks.related-result', 'A result names the task that it is of.'),
  ]),
  ...section(in2025(`${page}#protocol-errors`), [
    must('tasks.errors', 'Ids and cursors that mean nothing are refused with -32602.'),
    should('tasks.error-messages', 'With words that say what is wrong.'),
  ]),
  ...section(in2025(`${page}#task-execution-errors`), [
    should('tasks.failed-message', 'A task that failed says why.'),
    must('tasks.failed-error', 'An error of its request is the answer to `tasks/result`.'),
    must('tasks.failed-result', 'A result with an error is that answer too.'),
  ]),
  ...section(in2025(`${page}#task-isolation-and-access-control`), [
    must('tasks.bound', 'A task belongs to its caller.'),
    should(
      'tasks.unbound-documented',
      'What that means without callers is documented.',
      advice('docs/protocol.md', 'Without'),
    ),
    must('tasks.id-random', 'Its id cannot be guessed.'),
    shouldNot('tasks.list-unbound', 'Where callers cannot be told apart, tasks are not listed.'),
    must('tasks.foreign', 'Nobody else gets, awaits or cancels a task.'),
    must('tasks.list-own', 'A list holds the tasks of its caller alone.'),
    should('tasks.rate-limit', 'How often is asked for tasks is limited.'),
  ]),
  ...section(in2025(`${page}#resource-management`), [
    should('tasks.quota', 'A caller can have so many tasks running and no more.'),
    should('tasks.max-ttl', 'No task is kept longer than its declaration says.'),
    should('tasks.expired', 'A task is removed when its time has passed.'),
    should('tasks.ttl-documented', 'How long is documented.', advice(GUIDE, 'ttl')),
    should('tasks.quota-documented', 'How many is documented.', advice(GUIDE, 'quota')),
    should('tasks.monitoring', 'Every transition can be listened to.'),
  ]),
  ...section(in2025(`${page}#audit-and-logging`), [
    should('tasks.audit', 'Creation and end are told to listeners.'),
    should('tasks.audit-context', 'With whose task it is.'),
    should('tasks.audit-patterns', 'Odd patterns are watched for.', advice('docs/your-part.md', 'Listen to')),
  ]),
];
