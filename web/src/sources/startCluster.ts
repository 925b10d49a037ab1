/** Has the bridge start a local cluster, and hears its steps. */
import { TOKEN_HEADER } from '#wire/protocol';
import { parseStartReport, START_CLUSTER_PATH } from '#wire/startCluster';
import type { StartReport } from '#wire/startCluster';

const GONE = 'The bridge did not answer to the end: look at what it says in its terminal, and try again.';

/** Tells `step` each line. null: live mode is there; else a sentence that says why not. Never rejects. */
export async function startCluster(step: (line: string) => void): Promise<string | null> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="linger-token"]')?.content ?? '';
  try {
    const answer = await fetch(START_CLUSTER_PATH, {
      method: 'POST',
      headers: { [TOKEN_HEADER]: token },
    });
    if (!answer.ok || answer.body === null) return await answer.text();
    for await (const line of linesOf(answer.body)) {
      const report: StartReport | null = parseStartReport(line);
      if (report?.kind === 'step') step(report.line);
      else if (report !== null) return report.kind === 'started' ? null : report.sentence;
    }
    return GONE;
  } catch {
    return GONE;
  }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
