import { Rounds } from '../../../framework/protocol/2026-07-28/rounds.js';
import { fingerprint } from '../../../framework/runtime/journal/fingerprint.js';
import type { Question } from '../../../framework/runtime/journal/inbox.js';
import type { InputRequest } from '../../../framework/spec.js';

const form = (message: string): InputRequest => ({
  method: 'elicitation/create',
  params: {
    mode: 'form',
    message,
    requestedSchema: { type: 'object', properties: { mail: { type: 'string', format: 'email' } }, required: ['mail'] },
  },
});
const question = (message: string): Question => {
  const request = form(message);
  return { request, fingerprint: fingerprint(request) };
};
const [who, what] = [question('Who?'), question('What?')];
const asked = (questions: Readonly<Record<string, Question>>) => ({
  callId: 'c',
  journal: [],
  answers: [],
  asked: Object.entries(questions).map(([key, out]) => [key, out.fingerprint] as const),
});
const good = { action: 'accept', content: { mail: 'ada@example.com' } };
const bad = { action: 'accept', content: { mail: 'ada' } };
const { signal } = new AbortController();

describe('a round of questions whose call has parked', () => {
  it('goes on where an answer was still being checked and is good', async () => {
    const rounds = new Rounds(asked({ who }), { who: good });
    void rounds.ask('who', who);
    expect(await rounds.getsFurther(signal)).toBe(true);
    expect(await rounds.ask('who', who)).toEqual(good);
    expect(rounds.questions).toEqual({});
  });

  it('ends where the answer turns out not to fit', async () => {
    const rounds = new Rounds(asked({ who }), { who: bad });
    void rounds.ask('who', who);
    expect(await rounds.getsFurther(signal)).toBe(false);
    expect(rounds.questions).toEqual({ who: who.request });
  });

  it('does not run again for an answer that the call has had', async () => {
    const rounds = new Rounds(asked({ who }), { who: good });
    await rounds.ask('who', who);
    void rounds.ask('what', what);
    expect(await rounds.getsFurther(signal)).toBe(false);
    expect(rounds.questions).toEqual({ what: what.request });
  });

  it('runs again for an answer that came between its park and its end', async () => {
    const rounds = new Rounds(asked({ who }), { who: good });
    await rounds.ask('who', who);
    expect(await rounds.getsFurther(signal)).toBe(true);
    expect(await rounds.getsFurther(signal)).toBe(false);
  });

  it('waits for time where it waits for nothing else, and for no longer than its client', async () => {
    const rounds = new Rounds();
    void rounds.sleep('nap', Date.now() + 20);
    expect(await rounds.getsFurther(signal)).toBe(true);
    void rounds.sleep('nap', Date.now() + 60_000);
    const leaving = new AbortController();
    const further = rounds.getsFurther(leaving.signal);
    leaving.abort();
    expect(await further).toBe(false);
  });

  it('does not wait for time where a question is open', async () => {
    const rounds = new Rounds();
    void rounds.sleep('nap', Date.now() + 60_000);
    void rounds.ask('who', who);
    expect(await rounds.getsFurther(signal)).toBe(false);
  });

  it('keeps an answer beside an open question for the question that it answers, and for no other', async () => {
    const first = new Rounds(asked({ who, what }), { who: good });
    await first.ask('who', who);
    void first.ask('what', what);
    await first.getsFurther(signal);
    const sealed = first.seal('c');
    expect(await new Rounds(sealed).ask('who', who)).toEqual(good);
    const other = question('Whom to dismiss?');
    const changed = new Rounds(sealed, { who: good });
    void changed.ask('who', other);
    expect(await changed.getsFurther(signal)).toBe(false);
    expect(changed.questions).toEqual({ who: other.request });
    expect(changed.seal('c')).toMatchObject({ answers: [], asked: [['who', other.fingerprint]] });
  });
});
