import { isAnchored, waysThrough } from '../../../framework/schema/finite-expression.js';
import { costOf } from '../../../framework/schema/regular-expressions.js';

const IPV4 = /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;

describe('the ways through a regular expression', () => {
  it.each<[RegExp, number | undefined]>([
    [/abc/, 1],
    [/a|b|/, 3],
    [/a?b?/, 4],
    [/^[a-z]{2,4}$/, 3],
    [/^(?:a|b){3}$/, 8],
    [/^(?<year>\d{4})-(0[1-9]|1[0-2])$/, 2],
    [/^(?=a|b)(?!c)(?<=d)(?<!e)x$/, 2],
    [/\p{L}{1,2}\u{1F600}[\]()|]\(\|/u, 2],
    [/a{2}?b{1,2}?/, 2],
    [/a{/, 1],
    [IPV4, 5 ** 4],
    [/a*/, undefined],
    [/(?:a|b)+/, undefined],
    [/a{2,}/, undefined],
    [/(a)\1/, undefined],
    [/(?<a>b)\k<a>/u, undefined],
    [/^(?:a?){30}$/, undefined],
    [/^(?:(?:a|a){8}){8}$/, undefined],
    [new RegExp('[[a-z]--[aeiou]]', 'v'), undefined],
  ])('of %p are at most %p', (expression, ways) => {
    expect(waysThrough(expression)).toBe(ways);
  });
});

it('an expression is anchored where all of it is', () => {
  expect([/^a/, /^(a|b)/, /^[|]/, /^\|/].map(isAnchored)).toEqual([true, true, true, true]);
  expect([/a/, /^a|b/, /(^a)/, /^a/m].map(isAnchored)).toEqual([false, false, false, false]);
});

// The detector takes seconds for such, and gives up on some.
it.each([
  IPV4,
  /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/,
  /^(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)$/,
])('%p has an end and is tried once, so that it may have many ways', (expression) => {
  expect(costOf(expression)).toBe('linear');
});
