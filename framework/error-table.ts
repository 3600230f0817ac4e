/**
 * Every error that Perdura raises: a code and a sentence that ends with the fix.
 * `docs/errors.md` lists the same codes; lint holds the two together.
 */
export const ERRORS = {
  PLUGIN_TWICE: (name: string) => `The plugin "${name}" stands in createApp({ use }) twice. Drop one of the two.`,
  PLUGIN_MISTAKE: (plugin: string, mistake: string) => `The plugin "${plugin}" cannot be used like this. ${mistake}`,
  INVALID_ROUTE: (plugin: string, path: string) =>
    `The plugin "${plugin}" cannot serve "${path}". Give it a path with a slash before each of its names and none at the end, such as "/dashboard".`,
  ROUTE_TAKEN: (plugin: string, path: string, other: string) =>
    `The plugin "${plugin}" serves ${path} and all below it, which overlaps with ${other}. Give one of them another path.`,
  ILLEGAL_EXTENSION_ID: (plugin: string, id: string) =>
    `The plugin "${plugin}" adds an extension with the id ${JSON.stringify(id)}. Write a prefix of your own, a slash and a name (SEP-2133): "com.example/audit".`,
  DUPLICATE_EXTENSION: (id: string, first: string, second: string) =>
    `The extension "${id}" is added by ${first} and by ${second}. Drop one from createApp({ use }).`,
  ILLEGAL_EXTENSION_METHOD: (id: string, method: string, reason: string) =>
    `The extension "${id}" lists ${JSON.stringify(method)}, which ${reason}. Give a method a name such as "audit/list", and a notification one such as "notifications/audit/found".`,
  DUPLICATE_EXTENSION_METHOD: (method: string, first: string, second: string) =>
    `The method "${method}" is added by the extensions "${first}" and "${second}". Rename one, or drop one of the two plugins.`,
  UNDECLARED_NOTIFICATION: (id: string, method: string) =>
    `The extension "${id}" sends "${method}", which it does not list. Add the name to its notifications.`,
  DUPLICATE_NAME: (kind: string, name: string, first: string, second: string) =>
    `Two ${kind}s are named "${name}": ${first} and ${second}. Rename one, or drop one from createApp({ use }).`,
  INVALID_DURATION: (given: string) =>
    `"${given}" is no length of time. Write milliseconds as a number, or a number with a unit: '500ms', '30s', '10m', '24h', '7d'.`,
  NOT_A_CLASS: (place: string, given: string) =>
    `${place} is ${given}, not a class. If its module imports this one, directly or not, the class does not exist yet: break the import cycle; else pass the class itself.`,
  DUPLICATE_CLASS: (cls: string, place: string) => `${cls} is listed twice in ${place}. Remove one of the two.`,
  NO_DECLARATIONS: (cls: string, ancestor: string) =>
    `${cls} offers nothing: neither it nor a method of its own has a decorator${ancestor && `, and those of ${ancestor} are not inherited`}. Put @Tool, @Task, @Resource, @Prompt or @Agent on it, or drop it from createApp({ use }); a plain dependency need not be listed.`,
  ILLEGAL_NAME: (place: string, kind: string, name: string) =>
    `${place} names a ${kind} ${JSON.stringify(name)}. Use 1 to 128 characters of A-Z a-z 0-9 _ - . (SEP-986) other than "constructor", "prototype" and "__proto__"; what people read is the title.`,
  NO_HANDLER: (decorator: string, cls: string, member: string) =>
    `@${decorator} stands on ${cls}, which has no method "${member}" to run. Write the method ${member}(), or put @${decorator} on the method that is meant.`,
  STATIC_HANDLER: (decorator: string, cls: string, member: string) =>
    `@${decorator} stands on the static method ${cls}.${member}, which would run without the class's dependencies. Remove "static".`,
  GENERATOR_HANDLER: (decorator: string, cls: string, member: string) =>
    `@${decorator} stands on the generator ${cls}.${member}, of which nothing would run. Remove the "*", return the whole result, and tell of what comes before by ctx.progress().`,
  NO_OPTIONS: (decorator: string, place: string) =>
    `@${decorator} on ${place} is given no options. Write @${decorator}({ ... }) with at least what its type asks for.`,
  INVALID_DECLARATION: (decorator: string, place: string, option: string, given: string, rule: string) =>
    `@${decorator} on ${place} has ${option} ${given}. Let ${option} be ${rule}.`,
  UNKNOWN_OPTION: (decorator: string, place: string, option: string, known: string) =>
    `@${decorator} on ${place} has the option "${option}", which there is not (there are ${known}). Correct its name, or remove it.`,
  DECORATOR_NOT_CALLED: (decorator: string, place: string) =>
    `@${decorator} stands on ${place} without parentheses, so nothing was recorded. Write @${decorator}(), with its options between them.`,
  NO_DECORATOR_METADATA: (cls: string) =>
    `${cls}'s constructor takes parameters, but the compiler recorded no types for it: esbuild, tsx and Node's type stripping never do. Build with tsc or run with "node --import @swc-node/register/esm-register", experimentalDecorators and emitDecoratorMetadata on in tsconfig.json; or mark every parameter with what it takes: @Inject(TheClass).`,
  STANDARD_DECORATORS: (place: string) =>
    `The decorator on ${place} was run as a standard one, which is told neither the class nor the types of its members. Turn experimentalDecorators and emitDecoratorMetadata on in the tsconfig.json that the compiler reads, and build with tsc or run with "node --import @swc-node/register/esm-register".`,
  NOT_INJECTABLE: (cls: string) =>
    `${cls}'s constructor takes parameters, but the class itself has no decorator, and the compiler records constructor types for decorated classes alone. Add @Injectable() to ${cls}.`,
  ERASED_DEPENDENCY: (cls: string, index: number) =>
    `Parameter #${index} of ${cls}'s constructor has no type at run time: it is an interface or a union, is imported with "import type", or sits in an import cycle. Import the class as a value, or mark the parameter with @Inject(TOKEN).`,
  VALUE_DEPENDENCY: (cls: string, index: number, type: string) =>
    `Parameter #${index} of ${cls}'s constructor is a plain ${type}, and nothing says which. Mark it with @Inject(TOKEN) and give createApp({ providers }) the value.`,
  UNSUPPORTED_INJECTION: (cls: string, index: number) =>
    `Parameter #${index} of ${cls}'s constructor is marked with @injectAll or @injectWithTransform, which have no meaning here: a token stands for one value. Mark it with @Inject(TOKEN) and give createApp({ providers }) the list, or the converted value.`,
  URI_OR_TEMPLATE: (place: string, given: string) =>
    `@Resource on ${place} has ${given} of uri and uriTemplate. Give uri for one fixed resource, or uriTemplate for a family of them.`,
  ILLEGAL_URI: (place: string, uri: string, reason: string) =>
    `The uri ${JSON.stringify(uri)} of ${place} ${reason}. Write an absolute URI of at most 2048 characters, such as "config://app".`,
  ILLEGAL_URI_TEMPLATE: (place: string, template: string, reason: string) =>
    `The uriTemplate ${JSON.stringify(template)} of ${place} ${reason}. Write an RFC 6570 template of level 1 to 3, such as "report://{id}{?page}".`,
  DUPLICATE_URI: (uri: string, first: string, second: string) =>
    `Two resources have the URI "${uri}": ${first} and ${second}. Change one, or drop one from createApp({ use }).`,
  OVERLAPPING_TEMPLATES: (first: string, second: string, uri: string) =>
    `The templates of ${first} and ${second} both cover "${uri}", so which of them serves it would be chance. Give them different fixed parts, or make them one resource.`,
  NOT_ADDED: (cls: string) =>
    `${cls} is not in the catalog, so it cannot be removed. Pass a class of createApp({ use }), or one that was added.`,
  UNKNOWN_ENTRY: (kind: string, name: string) =>
    `The catalog has no ${kind} named "${name}" to enable or disable. Pass the name that its decorator gives it.`,
  TASK_ADDED_LATE: (name: string) =>
    `The task "${name}" cannot be added to a running app: workers take tasks on at their start, in every process. List its class in createApp({ use }), and disable it until it is wanted.`,
  UNKNOWN_COMPLETION: (place: string, argument: string, known: string) =>
    `${place} completes "${argument}", which it does not take (it takes ${known}). Correct the name under complete, or remove it.`,
  PROMPT_ARGUMENT: (place: string, argument: string) =>
    `The argument "${argument}" of the prompt ${place} accepts no string, and prompt arguments are strings on the wire. Make it a string or an enumeration of strings, and convert it in the handler.`,
  INVALID_TASK: (place: string, setting: string, given: string, rule: string) =>
    `@Task on ${place} has ${setting} ${given}, which cannot hold. Let ${setting} be ${rule}.`,
  INVALID_AGENT: (cls: string, setting: string, given: string, rule: string) =>
    `The agent ${cls} is given ${setting} ${given}. Let ${setting} be ${rule}.`,
  DUPLICATE_AGENT_TOOL: (agent: string, name: string, first: string, second: string) =>
    `The agent ${agent} is given two tools named "${name}": ${first} and ${second}. Rename one, or remove one from the agent's tools.`,
  AGENT_TOOL_WITHOUT_TOOLS: (agent: string, cls: string) =>
    `The agent ${agent} lists ${cls} among its tools, but ${cls} has no @Tool, @Task or @Agent. Put one on it, or remove it from the list.`,
  AGENT_NOT_DESCRIBED: (agent: string, by: string) =>
    `The agent ${by} may call ${agent}, or hand over to it, but nothing tells when: ${agent} has no description. Add @Agent({ description }) to ${agent}.`,
  HANDOFF_WITHOUT_AGENT: (agent: string, cls: string) =>
    `The agent ${agent} lists ${cls} among its handoffs, but ${cls} is no agent. Put @Agent on it, or remove it from the list.`,
  NOT_A_SHAPE: (given: string) =>
    `A shape was expected, but ${given} was given. Pass a class with class-validator decorators, a Standard Schema (zod, valibot, arktype) or jsonSchema({ ... }).`,
  NO_FIELDS: (cls: string) =>
    `${cls} has no decorated field, so nothing could be passed in it. Put class-validator decorators on its fields, or leave the shape out.`,
  UNVALIDATED_FIELD: (cls: string, field: string) =>
    `${cls}.${field} has no validator, so anything would be let through. Put a class-validator decorator on it, such as @IsString() or @ValidateNested(); @Allow() lets anything through on purpose.`,
  RESERVED_FIELD: (cls: string, field: string) =>
    `${cls}.${field} has the name of a member that every object inherits, which is not safe to read from JSON. Rename the field.`,
  DTO_NOT_CONSTRUCTIBLE: (cls: string) =>
    `new ${cls}() throws, but it is how a call's arguments are made and its defaults are read. Make every constructor parameter optional, or remove the constructor.`,
  GROUPED_RULE: (cls: string, field: string, rule: string) =>
    `${cls}.${field} puts ${rule} in a validation group, and a published schema cannot depend on a group. Remove { groups }, and write one class for each shape.`,
  UNSUPPORTED_RULE: (cls: string, field: string, rule: string, instead: string) =>
    `${cls}.${field} uses ${rule}, which has no meaning for a JSON value. ${instead}`,
  NESTED_TYPE_UNKNOWN: (cls: string, field: string) =>
    `${cls}.${field} is nested, but its class is not known at run time. Add @Items(() => TheClass); for a single object, declaring the field's type as the class itself is enough where the compiler emits decorator metadata.`,
  NESTED_NOT_VALIDATED: (cls: string, field: string, nested: string) =>
    `${cls}.${field} holds a ${nested}, but nothing validates what is in it. Add @ValidateNested().`,
  WRONG_FIELD_TYPE: (cls: string, field: string, declared: string, given: string) =>
    `${cls}.${field} is declared as ${declared}, but by its rules it is ${given}, and that is what a handler would get. Declare it as that, or use the rule of its type: @IsString(), @IsInt(), @IsNumber(), @IsBoolean(), or @IsDate() for a Date, which is text in JSON.`,
  CONDITIONAL_NESTED: (cls: string, field: string) =>
    `${cls}.${field} is nested and under a condition (@ValidateIf or { validateIf }), so no one schema describes it. Use @IsOptional(), or write one class for each case.`,
  CONTRADICTING_RULES: (cls: string, field: string, first: string, second: string) =>
    `${cls}.${field} has rules that no value can pass: one asks for ${first}, another for ${second}. Remove one; for a list, put { each: true } on the rules that are meant for its elements.`,
  INVALID_DEFAULT: (cls: string, field: string, rule: string) =>
    `The initial value of ${cls}.${field} breaks its own rule ${rule}. Change the initial value or the rule.`,
  UNSAFE_PATTERN: (cls: string, field: string) =>
    `A regular expression on ${cls}.${field} may take time that grows steeply with the text, so that one short request could stop the server. Rewrite it so that two repeated parts never match the same text, take a decorator made for such text (@IsEmail, @IsUrl, @IsSemVer, @IsIP), or check it in code (@ValidateBy, or the handler).`,
  UNBOUNDED_PATTERN: (cls: string, field: string, most: number) =>
    `A regular expression on ${cls}.${field} takes time that grows with the square of the text. Bound the text to ${most} characters or less (@MaxLength, maxLength), or rewrite it so that neighbouring repeated parts never match the same text.`,
  INVALID_HEADER: (place: string, header: string, reason: string, fix: string) =>
    `${place} cannot be mirrored in the header Mcp-Param-${header}: ${reason}. ${fix}.`,
  SECRET_HEADER: (place: string) =>
    `${place} looks like a secret, and headers are seen by every proxy on the way (SEP-2243). Remove @Header, or rename the field if it is none.`,
  SECRET_FORM_FIELD: (field: string) =>
    `The form field "${field}" looks like a secret, which must never be asked for in a form. Use ctx.elicitUrl(), or rename the field if it is none.`,
  INVALID_FORM_FIELD: (field: string, reason: string) =>
    `The form field "${field}" ${reason}. Use a string, a number, a boolean, or a choice of strings (one or many): a form has no other fields.`,
  INPUT_NOT_OBJECT: (name: string) =>
    `The input ${name} is not an object at its root. Wrap it: arguments are always an object with named properties.`,
  REMOTE_REFERENCE: (name: string, reference: string) =>
    `${name} refers to "${reference}", which is not within the schema itself. Copy what it refers to under $defs and refer to "#/$defs/...".`,
  SCHEMA_TOO_LARGE: (name: string, what: string, most: number) =>
    `${name} has more than ${most} ${what}. Split it, or accept a free object where the detail does not matter.`,
  INVALID_JSON_SCHEMA: (name: string, reason: string) =>
    `${name} is not a valid JSON Schema 2020-12: ${reason}. Correct the schema.`,
  NO_JSON_SCHEMA: (vendor: string, reason: string) =>
    `The ${vendor} schema gives no JSON Schema (${reason}). Wrap it with its JSON Schema: jsonSchema(schema, { type: 'object', ... }); or, from valibot, give toStandardJsonSchema(schema) of @valibot/to-json-schema.`,
  APP_NOT_AWAITED: () => 'The app to be served is still a promise. Write: await createApp({ ... }).',
  UNSAFE_BIND: (host: string) =>
    `Listening on ${host} opens the server to the network, but it was not told its own names, so it could not tell a rebound DNS name from them. Set publicUrl or allowedHosts, or listen on 127.0.0.1.`,
  UNAUTHENTICATED_BIND: (host: string) =>
    `Listening on ${host} lets anybody on the network call every tool. Set authenticate, or allowUnauthenticated: true if that is meant, or listen on 127.0.0.1.`,
  UNSAFE_MOUNT: () =>
    'fetchHandler() cannot see where it is reached from, and was not told its own names, so it could not tell a rebound DNS name from them. Set publicUrl or allowedHosts: on one\'s own machine ["localhost", "127.0.0.1"].',
  UNAUTHENTICATED_MOUNT: () =>
    'fetchHandler() cannot see who reaches it, so anybody might call every tool. Set authenticate, or allowUnauthenticated: true if that is meant.',
  BODY_CONSUMED: () =>
    'The body of a request was read before the MCP handler was called, and what was read did not reach it. Mount the handler before the body parser, or pass the parsed body: handler(request, response, body), fetchHandler(request, body).',
  INVALID_IDENTITY: (field: string, given: string, expected: string) =>
    `What the world is told of the server cannot have the ${field} ${JSON.stringify(given)}. Give ${field} ${expected}.`,
  ILLEGAL_SCOPE: (place: string, scope: string) =>
    `${place} asks for the scope ${JSON.stringify(scope)}, which no token could carry. Write scopes without spaces, quotes and backslashes (RFC 6749): "files:read".`,
  SCOPES_WITHOUT_AUTHORIZATION: (names: readonly string[]) =>
    `Scopes are asked for by ${names.join(', ')}, but nothing tells who calls over HTTP, so nobody could. Set authorization or authenticate, or take the scopes out.`,
  INVALID_RATE: (rate: string, given: number) =>
    `createApp({ limits: { rate } }) has ${rate} ${given}. Let perSecond be a number greater than 0, and burst at least 1.`,
  PING_UNANSWERED: (within: number) =>
    `A client did not answer a ping within ${within} ms. If it does so again its stream is closed, and it may come back; if it is only slow, raise pingTimeout.`,
  INVALID_HTTP_OPTION: (option: string, given: string, expected: string) =>
    `The HTTP option ${option} cannot be "${given}". Set it to ${expected}.`,
  PORT_IN_USE: (host: string, port: number) =>
    `Another program listens on ${host}:${port} already. Stop it, or set another port (0 takes a free one).`,
  NOT_A_TASK: (tool: string) =>
    `The tool "${tool}" is no task, so it cannot outlive its request. Call it, or declare it with @Task.`,
  UNKNOWN_TASK: (cls: string, name: string, found: number) =>
    found > 1
      ? `${cls} has ${found} tasks, and one of them is to run. Say which with { name }, as in ctx.task(${cls}, input, { name }).`
      : `${cls} has no task${name && ` named "${name}"`} in this app. Put @Task on it and list it in createApp({ use }).`,
  NO_TASK_MADE: (tool: string, answer: string) =>
    `The call of "${tool}" made no task and was answered at once: ${answer}. Correct its arguments if that is what it says; call a tool that is no task by callTool().`,
  NO_TASK_OWNER: (tool: string) =>
    `app.start() was not told whose task "${tool}" is. Give it { owner }: a user as authenticate names them, or a name for the app itself.`,
  INVALID_TASK_INPUT: (tool: string, issues: string) =>
    `app.start() was given input that the task "${tool}" does not take: ${issues}. Give it what its input class asks for, as JSON.`,
  TOO_MANY_TASKS: (tool: string, reason: string, seconds: number) =>
    `The task "${tool}" was not started: there are too many that have not ended (${reason}). Try again in ${seconds} seconds, or raise createApp({ tasks: { quota, backlog, backlogBytes } }).`,
  TOO_MANY_CHILDREN: (taskId: string, most: number) =>
    `Task ${taskId} has made ${most} children already, or is a child 16 deep itself. Let each child do more; spread many over children of children; and see that no task starts itself.`,
  SCHEDULE_NEEDS_REDIS: (name: string) =>
    `The task "${name}" has a schedule, which a process that keeps tasks in its own memory would forget at its end. Give createApp({ tasks: { redis } }), or take the schedule out of @Task.`,
  FIRING_REFUSED: (name: string, reason: string) =>
    `The schedule of "${name}" fired and no task was made (${reason}). It is tried again; if it goes on, raise createApp({ tasks: { quota, backlog, backlogBytes } }) or fire less often.`,
  NOT_SCHEDULED: (tool: string) =>
    `The task "${tool}" has no schedule that could fire. Give it one: @Task({ schedule: { every: '1h', owner: '...' } }).`,
  TASK_STOPPED: (taskId: string, why: string) =>
    `Task ${taskId} was stopped: ${why}. Nothing that it does from here on is kept: pass ctx.signal to what the handler waits for, and let this error through.`,
  TASK_ANSWER_INVALID: (key: string, reason: string) =>
    `The answer to "${key}" ${reason}. The question is still open: answer it again.`,
  TASK_CURSOR_INVALID: () =>
    'The cursor of the task list is none that this server gave out. Start again without a cursor.',
  STORE_UNAVAILABLE: (reason: string) =>
    `The task store cannot be reached (${reason}). Try again in a few seconds; if it lasts, check that Redis runs and that its URL is right.`,
  STORE_FULL: () =>
    'The task store takes no new tasks: nine tenths of the memory of Redis are in use, and the rest is for the tasks that it has. Try again in a few seconds; if it lasts, raise maxmemory.',
  STORE_VALUE_TOO_LARGE: (what: string, bytes: number, limit: number) =>
    `${what} takes ${bytes} bytes in the task store; the limit is ${limit}. Keep large data elsewhere and put a reference in its place.`,
  STORE_PREFIX_INVALID: (prefix: string) =>
    `The Redis prefix ${JSON.stringify(prefix)} cannot stand in a key. Use 1 to 64 characters of A-Z a-z 0-9 _ - . and the colon.`,
  REDIS_UNSAFE: (problems: readonly string[]) =>
    `This Redis would lose tasks: ${problems.join('; ')}. Change its configuration, or accept the loss with tasks: { redis: { url, allowUnsafe: true } }.`,
  REDIS_PACKAGES_MISSING: (reason: string) =>
    `createApp({ tasks: { redis } }) needs packages that are not installed (${reason}). Run: npm install bullmq ioredis`,
  WORK_ELSEWHERE: () =>
    "createApp({ tasks }) leaves tasks to other processes (work: 'elsewhere') but keeps them in the memory of this one, where no other can see them. Set tasks.redis, or remove tasks.work.",
  INVALID_OPTION: (option: string, given: string, expected: string) =>
    `The option ${option} of createApp cannot be "${given}". Set it to ${expected}.`,
  UNKNOWN_QUEUE: (queue: string, known: readonly string[]) =>
    `startWorker(app, { queues }) names "${queue}", which no task of this app is in (there are: ${known.join(', ') || 'none'}), so nothing would ever run in it. Correct the name, or give it to a task: @Task({ queue }).`,
  REDIS_NOT_SET: () =>
    'createApp({ tasks: { redis } }) is empty, so that this process would keep tasks in its own memory and forget them at its end. Set what redis is read from, such as REDIS_URL; or leave redis out, to keep tasks in memory on purpose.',
  REDIS_ADDRESS: (scheme: string) =>
    `createApp({ tasks: { redis } }) is a URL that begins with "${scheme}", which leads to no Redis. Write "redis://host:6379", "rediss://host:6379" for TLS, or the options of ioredis.`,
  ASYNC_FACTORY: (token: string) =>
    `The factory of ${token} is asynchronous, and a constructor cannot wait for what it gives. Await it before createApp, and pass the result: { provide: ${token}, useValue }.`,
  UNRESOLVABLE_DEPENDENCY: (cls: string, index: number, token: string) =>
    `Parameter #${index} of ${cls}'s constructor asks for ${token}, which nothing provides. Add { provide: ${token}, useValue | useClass | useFactory } to createApp({ providers }), or mark the parameter optional.`,
  DEPENDENCY_CYCLE: (path: string) =>
    `These classes need each other to be constructed: ${path}. Move what they share into a class of its own that both take.`,
  NON_DETERMINISM: (step: string) =>
    `The step "${step}" asks for something else than it did when this call first came here, so its recorded result does not fit. Give changed steps new names, and let code between steps depend only on the input and on earlier steps.`,
  STEP_INTERRUPTED: (step: string) =>
    `The step "${step}" was cut off by the end of its process: whether it happened is not known, and it was not to be run again unasked. Look at what it did, then start the task again; or give the step { onCrash: 'retry' } and make it idempotent by its key.`,
  STEP_TIMED_OUT: (step: string, limit: number) =>
    `The step "${step}" ran longer than ${limit} ms. Pass its signal to what it waits for, do less in it, or raise its timeout or @Task({ stepTimeout }).`,
  JOURNAL_ENTRY_TOO_LARGE: (step: string, bytes: number, limit: number) =>
    `What the step "${step}" came back with takes ${bytes} bytes in the journal; the limit is ${limit}. Put large values where others can read them and return a reference, or raise createApp({ tasks: { journalEntryBytes } }).`,
  JOURNAL_FULL: (step: string, bytes: number, limit: number) =>
    `With the step "${step}" the task's journal would have ${bytes} bytes; the limit is ${limit}. Record less in each step, split the task with ctx.task(), or raise createApp({ tasks: { journalBytes } }).`,
  NOT_JSON: (step: string, path: string, what: string) =>
    `The step "${step}" came back with ${what}${path && ` at ${path}`}, which JSON cannot carry, so it cannot be recorded. Return plain data; turn dates and the like into strings first.`,
  CLIENT_CANNOT: (what: string, capability: string) =>
    `${what} needs a client that declares the capability "${capability}", and this one does not. Call it from a client that has it${capability.startsWith('sampling') ? ', or give the server a model of its own for agents, createApp({ model })' : ', or look at ctx.client.capabilities and do without'}.`,
  ELICITATION_EXPIRED: (question: string) =>
    `Nobody answered the question "${question}" in time. Ask again, or give ctx.elicit() a longer timeout.`,
  INVALID_QUESTION_KEY: (key: string) =>
    `The question key "${key}" cannot be used. Take a letter, then up to 63 letters, digits, "_", "." or "-".`,
  DUPLICATE_QUESTION_KEY: (key: string) =>
    `This call has asked under the key "${key}" before, and a key is good for one question. Give each question a key of its own, or none.`,
  UNKNOWN_PAGE: (cls: string) =>
    `ctx.elicitUrl() was given ${cls}, which is no page of this app. List it in createApp({ pages: { classes } }).`,
  DUPLICATE_PAGE: (cls: string) =>
    `createApp({ pages: { classes } }) has two classes named ${cls}, and pages are found by their names. Rename one.`,
  PAGES_WITHOUT_URL: () =>
    'ctx.elicitUrl() does not know by which URL browsers reach this server. Set createApp({ pages: { publicUrl } }), in every process.',
  PAGES_WITHOUT_LOGIN: () =>
    'ctx.elicitUrl() was called for an authenticated caller, but nothing tells who sits at the browser that opens the page. Set createApp({ pages: { login } }).',
  ELICITATION_INVALID: (question: string, times: number) =>
    `The question "${question}" was answered ${times} times with content that does not fit its form. Check that the client fills in what requestedSchema asks for.`,
  ANSWER_REFUSED: (key: string, method: string, times: number) =>
    `The question "${key}" was answered ${times} times with what does not fit, and is asked again. Give connect() answers that fit what ${method} asks for.`,
  ANSWER_INVALID: (step: string, rule: string) =>
    `The answer to "${step}" is not what the specification asks for: ${rule}. Correct the client or the model that gave it.`,
  ANSWER_TOO_LARGE: (step: string, bytes: number, limit: number) =>
    `The answer to "${step}" has ${bytes} bytes; the limit is ${limit}. Ask for less at a time.`,
  RESULT_TOO_LARGE: (name: string, bytes: number, limit: number) =>
    `The result of "${name}" has ${bytes} bytes; the limit is ${limit}. Ask for less at a time; the server's author can return pages or a resource link, or raise createApp({ limits: { resultBytes } }).`,
  RESULT_INVALID: (name: string, rule: string) =>
    `What "${name}" returned cannot be sent: ${rule}. Return text, a JSON value, or a whole result as the specification shapes it.`,
  OUTPUT_INVALID: (name: string, issues: string) =>
    `What "${name}" returned does not fit its output: ${issues}. Correct the handler or the output shape.`,
  UNKNOWN_AGENT: (cls: string) =>
    `ctx.agent() was given ${cls}, which is no agent of this app. Put @Agent on it and list it in createApp({ use }).`,
  UNKNOWN_AGENT_TOOL: (agent: string, cls: string) =>
    `ctx.agent(${agent}) was given the tools of ${cls}, which are not in this app. List ${cls} in createApp({ use }).`,
  AGENT_OUTPUT_INVALID: (agent: string, issues: string) =>
    `The agent ${agent} gave no answer of the shape that it was asked for, and could not repair it: ${issues}. Simplify the output, explain it in the instructions, or use a stronger model.`,
  NEXT_TWICE: (kind: string) =>
    `An agent's interceptor called next() twice around a ${kind}, which happens once. Call it once, or not at all and return what stands for it.`,
  AGENT_TOO_DEEP: (agent: string, most: number) =>
    `The agent ${agent} was started ${most} agents deep: agents start each other through their tools. Take the tool that starts it out of the inner agent's tools.`,
  INVALID_MODEL_OPTION: (option: string, given: string, expected: string) =>
    `The model option ${option} cannot be ${given}. Set it to ${expected}.`,
  MODEL_UNAVAILABLE: (model: string, reason: string, seconds?: number) =>
    `The model "${model}" gave no answer (${reason}). Try again ${seconds === undefined ? 'later' : `in ${String(seconds)} s`}; the server's author can have it asked again by itself, or give agents another model for such times.`,
  MODEL_REFUSED: (model: string, reason: string) =>
    `The model "${model}" cannot answer this request (${reason}), now or later. Change the request; the server's author finds what the provider said in the server's error report.`,
  REMOTE_SERVER_UNAVAILABLE: (server: string, reason: string) =>
    `The tools of the server "${server}" cannot be used (${reason}). Try again later; the server's author finds more in the server's error report.`,
  PACKAGE_MISSING: (feature: string, packages: string, reason: string) =>
    `${feature} needs a package that is not installed (${reason}). Run: npm install ${packages}`,
  UNKNOWN_COMMAND: (given: string) =>
    `"perdura ${given}" is no command. Write "perdura new <folder>"; "perdura --help" says more.`,
  ILLEGAL_PROJECT_NAME: (name: string) =>
    `The folder's name ${JSON.stringify(name)} cannot be that of a project. Take up to 128 of a-z, 0-9, "-", "_" and ".", a letter or digit first, and no name of a package that the project needs.`,
  PROJECT_FOLDER_TAKEN: (folder: string, why: string) =>
    `No project can be made in ${folder}, which ${why}. Name a folder that is new or empty.`,
  REQUEST_STATE_KEY_TOO_SHORT: (length: number) =>
    `A key that seals request state has ${length} characters, which could be guessed. Use at least 32 random ones, such as the output of "openssl rand -base64 32".`,
  REQUEST_STATE_TOO_LARGE: (name: string, length: number, most: number) =>
    `What "${name}" has to remember between its questions takes ${length} characters sealed, and a client is asked to carry at most ${most}. Make it a @Task, which keeps its state on the server, or record less in its steps.`,
} as const;
