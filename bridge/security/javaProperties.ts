/** Files of java.util.Properties: the rules of its `load(Reader)`. */

const WHITE = /[ \t\f]/;
const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

/** The last value of a key that comes twice. @throws Error for a \u that is no character. */
export function parseJavaProperties(text: string): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const end = keyEnd(line);
    properties.set(unescape(line.slice(0, end)), unescape(line.slice(valueStart(line, end))));
  }
  return properties;
}

/** Without comments and blank lines; a line that ends in an odd number of backslashes goes on in the next. */
function logicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  let begun: string | null = null;
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, '');
    if (begun === null && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue;
    const whole: string = (begun ?? '') + line;
    // Only this line's own backslashes count: those before it have been dealt with.
    const backslashes = /\\*$/.exec(line)?.[0].length ?? 0;
    if (backslashes % 2 === 1) {
      begun = whole.slice(0, -1);
      continue;
    }
    lines.push(whole);
    begun = null;
  }
  if (begun !== null) lines.push(begun);
  return lines;
}

/** At the first `=`, `:` or white space that no backslash protects. */
function keyEnd(line: string): number {
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (char === '\\') i++;
    else if (char === '=' || char === ':' || WHITE.test(char)) return i;
  }
  return line.length;
}

/** After white space, at most one `=` or `:`, and white space. */
function valueStart(line: string, end: number): number {
  let at = end;
  while (WHITE.test(line.charAt(at))) at++;
  if (line.charAt(at) === '=' || line.charAt(at) === ':') at++;
  while (WHITE.test(line.charAt(at))) at++;
  return at;
}

const unescape = (text: string): string =>
  text.replace(/\\(u[0-9a-fA-F]{4}|[^]|$)/g, (_, escaped: string) => {
    if (escaped.length === 5) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    if (escaped === 'u') throw new Error('a \\u without four hexadecimal digits');
    return ESCAPES[escaped] ?? escaped;
  });
