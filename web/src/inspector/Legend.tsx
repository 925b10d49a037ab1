/** When nothing is selected: what the picture means. */
import type { ReactNode } from 'react';
import { useApp, useFrame } from '../store/useFrame.ts';
import { paletteOf } from '../ui/palette.ts';

export function Legend(): ReactNode {
  const theme = useApp((state) => state.theme);
  const { keys } = paletteOf(theme);
  const { hasTransactions, hasLoss } = useFrame(({ view: { state } }) => ({
    hasTransactions: state.coordinators.size > 0,
    hasLoss: [...state.partitions.values()].some(({ divergedFrom }) => divergedFrom.size > 0),
  }));
  return (
    <div className="inspector legend">
      <h2>What am I looking at?</h2>
      <p>
        A Kafka producer at work, slowed down. Every square is a record on its way from <code>send()</code> to
        a broker. Select anything to read why it is where it is.
      </p>
      <dl>
        <div>
          <dt className="swatches">
            {keys.slice(1, 5).map((colour) => (
              <span key={colour} className="swatch" style={{ background: colour }} />
            ))}
          </dt>
          <dd>a record; its colour is its key</dd>
        </div>
        <div>
          <dt>
            <span className="swatch" style={{ background: keys[0] }} />
          </dt>
          <dd>a record without a key</dd>
        </div>
        <div>
          <dt>
            <span className="sample-box" />
          </dt>
          <dd>a batch: records of one partition that travel together</dd>
        </div>
        <div>
          <dt>
            <span className="sample-linger" />
          </dt>
          <dd>
            its <code>linger.ms</code>, running out
          </dd>
        </div>
        <div>
          <dt>
            <span className="sample-request" />
          </dt>
          <dd>a request: batches on their way to one broker</dd>
        </div>
        <div>
          <dt>
            <span className="sample-ack" />
          </dt>
          <dd>acks come back below</dd>
        </div>
        <div>
          <dt>
            <span className="sample-retry" />
          </dt>
          <dd>batches that are tried again go back above</dd>
        </div>
        <div>
          <dt>
            <span className="sample-mark" />
          </dt>
          <dd>the high watermark: committed up to here</dd>
        </div>
        {hasTransactions ? <TransactionRows /> : null}
        {hasLoss ? (
          <div>
            <dt>
              <span className="sample-cell orphan" />
            </dt>
            <dd>on a replica, but not in its leader's log: it will be cut off</dd>
          </div>
        ) : null}
      </dl>
      <p className="dim">
        Space plays and pauses, the arrow keys step, <kbd>?</kbd> lists all keys. Click a broker to break it.
      </p>
    </div>
  );
}

/** What transactions add to a log: only shown where somebody has any. */
function TransactionRows(): ReactNode {
  return (
    <>
      <div>
        <dt>
          <span className="sample-cell open" />
        </dt>
        <dd>written, and its transaction is open: read_committed waits</dd>
      </div>
      <div>
        <dt>
          <span className="sample-cell aborted" />
        </dt>
        <dd>aborted: it stays in the log, read_committed passes over it</dd>
      </div>
      <div>
        <dt className="marker-samples">
          <span className="good">✓</span> <span className="bad">✕</span>
        </dt>
        <dd>markers that end a transaction: committed, aborted</dd>
      </div>
      <div>
        <dt>
          <span className="sample-stable" />
        </dt>
        <dd>the last stable offset: read_committed reads up to here</dd>
      </div>
      <div>
        <dt className="marker-samples">◆</dt>
        <dd>the broker that coordinates the transactions</dd>
      </div>
    </>
  );
}
