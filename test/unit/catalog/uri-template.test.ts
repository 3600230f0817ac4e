import fc from 'fast-check';
import { commonUri } from '../../../framework/catalog/uri-overlap.js';
import { uriTemplate, type UriTemplate } from '../../../framework/catalog/uri-template.js';
import { parseTemplate } from '../../../framework/catalog/uri-template-syntax.js';

function template(text: string): UriTemplate {
  const parts = parseTemplate(text);
  if (typeof parts === 'string') throw new Error(`${text} ${parts}`);
  return uriTemplate(parts);
}

describe('a URI template', () => {
  it.each([
    ['report://{id}', 'report://42', { id: '42' }],
    ['report://{id}', 'report://a%20b', { id: 'a b' }],
    ['report://{id}', 'report://läger', { id: 'läger' }],
    ['report://{id}/raw', 'report://42/raw', { id: '42' }],
    ['map://{x,y}', 'map://1,2', { x: '1', y: '2' }],
    ['file:///{+path}', 'file:///a/b/c.txt', { path: 'a/b/c.txt' }],
    ['file:///{+path}', 'file:///a%2Fb', { path: 'a/b' }],
    ['doc://book{#section}', 'doc://book#2.1', { section: '2.1' }],
    ['doc://{name}{.ext}', 'doc://archive.tar.gz', { name: 'archive.tar', ext: 'gz' }],
    ['doc://root{/a,b}', 'doc://root/x/y', { a: 'x', b: 'y' }],
    ['doc://m{;x,y}/end', 'doc://m;x=1;y=2/end', { x: '1', y: '2' }],
    ['doc://m{;x,y}/end', 'doc://m;x/end', { x: '' }],
    ['doc://m{;x,xy}', 'doc://m;xy=1', { xy: '1' }],
    ['doc://q{?a,b}', 'doc://q?a=1&b=2', { a: '1', b: '2' }],
    ['doc://q{?a,b}', 'doc://q?b=2&a=1', { a: '1', b: '2' }],
    ['doc://q{?a,b}', 'doc://q?b=', { b: '' }],
    ['doc://q{?a,b}', 'doc://q', {}],
    ['doc://q?v=1{&a}', 'doc://q?v=1&a=/x', { a: '/x' }],
    ['doc://q{?a}{#part}', 'doc://q?a=1#p', { a: '1', part: 'p' }],
    ['doc://{owner}/{repo}{?page}', 'doc://o/r?page=3', { owner: 'o', repo: 'r', page: '3' }],
    ['doc://{+path}/{file}', 'doc://a/b/c', { path: 'a/b', file: 'c' }],
    ['doc://{a}-{b}', 'doc://x-y-z', { a: 'x', b: 'y-z' }],
  ])('%s reads %s', (text, uri, variables) => {
    expect(template(text).match(uri)).toEqual(variables);
  });

  it.each([
    ['report://{id}', 'report://'],
    ['report://{id}', 'report://a/b'],
    ['report://{id}', 'report://a%2Fb'],
    ['report://{id}', 'report://a?b=1'],
    ['report://{id}', 'report://%'],
    ['report://{id}', 'report://%zz'],
    ['report://{id}', 'report://%C0%AF'],
    ['report://{id}', 'report://a b'],
    ['report://{id}', 'report://a\nb'],
    ['report://{id}', 'other://42'],
    ['report://{id}/raw', 'report://42/raw/more'],
    ['doc://root{/a,b}', 'doc://root/x'],
    ['doc://root{/a}', 'doc://root/..%2Fetc'],
    ['doc://q{?a}', 'doc://q?b=1'],
    ['doc://q{?a}', 'doc://q?a=1&a=2'],
    ['doc://q{?a}', 'doc://q?'],
  ])('%s does not cover %j', (text, uri) => {
    expect(template(text).match(uri)).toBeUndefined();
  });

  it.each([
    ['report://{id', 'no "}"'],
    ['report://id}', '"}" without'],
    ['report://{}', 'no expression'],
    ['report://{a b}', 'no expression'],
    ['report://{=a}', 'no expression'],
    ['report://{a,}', 'no expression'],
    ['report://{list*}', 'level 4'],
    ['report://{name:3}', 'level 4'],
    ['report://{a}/{a}', 'twice'],
    ['report://{a}{b}', 'nothing between "a" and "b"'],
    ['report://{a}{+b}', 'nothing between'],
    ['report://{__proto__}', '__proto__'],
    ['report://x y/{a}', 'space'],
    ['report://fixed', 'no variable'],
    ['{+uri}', 'scheme'],
  ])('%s is refused', (text, reason) => {
    expect(parseTemplate(text)).toContain(reason);
  });

  it('is refused, like a URI, beyond 2,048 characters', () => {
    expect(parseTemplate(`report://{a}/${'b'.repeat(2048)}`)).toContain('2048');
    expect(template('report://{id}').match(`report://${'a'.repeat(2039)}`)).toBeDefined();
    expect(template('report://{id}').match(`report://${'a'.repeat(2040)}`)).toBeUndefined();
  });

  it('reads back whatever RFC 6570 writes', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' });
    const segment = text.filter((value) => !value.includes('/'));
    const property = fc.property(segment, segment, text, fc.option(text), (a, b, rest, page) => {
      const query = page === null ? '' : `?page=${encodeURIComponent(page)}`;
      const uri = `x://${encodeURIComponent(a)},${encodeURIComponent(b)}/${encodeURIComponent(rest)}${query}`;
      const read = template('x://{a,b}/{+rest}{?page}').match(uri);
      expect(read).toEqual({ a, b, rest, ...(page === null ? {} : { page }) });
    });
    // fast-check prints its seed with a failure.
    fc.assert(property, { numRuns: 300 });
  });

  it('takes time that grows with the length of the URI alone', () => {
    // A backtracking matcher needs some 10^13 steps here, and so would never end.
    const hostile = template('x://{+a}a{+b}a{+c}a{+d}a{+e}/end');
    expect(hostile.match(`x://${'a'.repeat(2000)}`)).toBeUndefined();
  });
});

describe('two templates', () => {
  it.each([
    ['x://{a}', 'x://{b}', 'x://a'],
    ['x://{a}/settings', 'x://me/{b}', 'x://me/settings'],
    ['x://{+path}', 'x://{a}/{b}', 'x://a/a'],
    ['x://{id}', 'x://{id}{?page}', 'x://a'],
    ['x://list{?a}', 'x://list{?b}', 'x://list'],
    ['x://{a}{.ext}', 'x://{a}', 'x://a.a'],
  ])('%s and %s both cover %s', (first, second, uri) => {
    expect(commonUri(template(first), template(second))).toBe(uri);
    expect(commonUri(template(second), template(first))).toBe(uri);
    expect(template(first).match(uri)).toBeDefined();
    expect(template(second).match(uri)).toBeDefined();
  });

  it.each([
    ['x://{a}', 'y://{a}'],
    ['x://{a}', 'x://{a}/{b}'],
    ['x://{a}/one', 'x://{a}/two'],
    ['x://{a}', 'x://{a}?v=1{&b}'],
    ['x://q{?a}', 'x://q?a=1&a=2{&b}'],
    ['x://{a}', 'x://b%2F{c}'],
  ])('%s and %s share no URI', (first, second) => {
    expect(commonUri(template(first), template(second))).toBeUndefined();
  });
});
