import { expect, it } from 'vitest';
import { parseJavaProperties } from './javaProperties.ts';

const parsed = (text: string): Record<string, string> => Object.fromEntries(parseJavaProperties(text));

it('separates by =, :, white space, and white space around one of them', () => {
  expect(parsed('a=1\nb:2\nc 3\nd\t=  4\ne  :5\nf = = 6\ng')).toEqual({
    a: '1',
    b: '2',
    c: '3',
    d: '4',
    e: '5',
    f: '= 6',
    g: '',
  });
});

it('leaves out comments and blank lines, and keeps white space at the end of a value', () => {
  expect(parsed('# one\n  ! two\n\n   \n  a = 1 \nb=#2')).toEqual({ a: '1 ', b: '#2' });
});

it('goes on in the next line after a backslash, without its first white space; comments cannot', () => {
  expect(parsed('a=1,\\\n    2,\\\r\n\t3\nb=4\\\\\nc=5\\\n#6\n# no \\\nd=7')).toEqual({
    a: '1,2,3',
    b: '4\\',
    c: '5#6',
    d: '7',
  });
});

it('undoes escapes in keys and values', () => {
  expect(parsed('a\\ b\\=c=\\u00e9\\t\\n\\"\\x\\\\\nk\\:v=w')).toEqual({
    'a b=c': 'é\t\n"x\\',
    'k:v': 'w',
  });
});

it('takes the last of two values, and ends with any line end or none', () => {
  expect(parsed('a=1\ra=2\rb=3\\')).toEqual({ a: '2', b: '3' });
});

it('refuses a broken \\u as Java does', () => {
  expect(() => parsed('a=\\u00g0')).toThrow('four hexadecimal digits');
});
