/** Faults that wait for their moment: the n-th answer of an API is an error, the next request or answer is lost. */
import type { NodeId, RequestId, TpId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import type { EventSink, WriterOf } from '#events/catalogue';
import type { ApiName } from '#engine/requests';
import type { ErrorName } from '#record/Errors';

/** Same shape as the scenario's `AnswerRule`. null matches everything. */
export interface FaultRule {
  readonly api: ApiName;
  readonly node: number | null;
  readonly topic: string | null;
  readonly partition: number | null;
  /** The n-th request that matches, from 1, counted from when the rule was armed. */
  readonly nth: number;
  readonly times: number;
  readonly error: ErrorName;
  /** Produce: appended all the same, and only the answer is replaced. */
  readonly appended: boolean;
}

interface ArmedRule {
  readonly id: number;
  readonly rule: FaultRule;
  seen: number;
  left: number;
  /** The request that was counted last: a request asks once for each of its partitions. */
  counted: RequestId | null;
  struck: RequestId | null;
}
interface ArmedLoss {
  readonly id: number;
  readonly what: 'request' | 'response';
  readonly node: number | null;
}

export class Faults {
  private rules: ArmedRule[] = [];
  private losses: ArmedLoss[] = [];
  private armed = 0;
  private readonly faultArmed: WriterOf<'fault.armed'>;
  private readonly faultStruck: WriterOf<'fault.struck'>;

  constructor(events: EventSink) {
    this.faultArmed = events.writer('fault.armed');
    this.faultStruck = events.writer('fault.struck');
  }

  armAnswer(rule: FaultRule): void {
    const id = this.armed++;
    this.rules.push({ id, rule, seen: 0, left: rule.times, counted: null, struck: null });
    this.faultArmed(id, { do: 'answer.set', rule });
  }

  armLoss(what: 'request' | 'response', node: number | null): void {
    const id = this.armed++;
    this.losses.push({ id, what, node });
    this.faultArmed(id, { do: 'next.lose', what, node });
  }

  /**
   * The rule that replaces this answer, if any, for the whole request or one partition of it. `topic` and `tp` are null
   * where an API has none; a rule that names one matches only those that have it.
   */
  answer(
    request: RequestId,
    api: ApiName,
    node: NodeId,
    topic: string | null,
    tp: TopicPartition | null,
  ): FaultRule | null {
    if (this.rules.length === 0) return null;
    // A rule that is used up is kept for the other partitions of its last request.
    this.rules = this.rules.filter((armed) => armed.left > 0 || armed.struck === request);
    const matching = this.rules.filter(
      ({ rule }) =>
        rule.api === api &&
        (rule.node === null || rule.node === node) &&
        (rule.topic === null || rule.topic === topic) &&
        (rule.partition === null || rule.partition === tp?.partition),
    );
    for (const armed of matching) {
      if (armed.counted !== request) armed.seen++;
      armed.counted = request;
    }
    const struck = matching.find(
      (armed) => armed.struck === request || (armed.seen >= armed.rule.nth && armed.left > 0),
    );
    if (struck === undefined) return null;
    if (struck.struck !== request) struck.left--;
    struck.struck = request;
    const tpIdOrNull: TpId | null = tp === null ? null : tp.id;
    this.faultStruck(struck.id, request, tpIdOrNull, api);
    return struck.rule;
  }

  /** Whether this Produce request, or its answer, is the one to be lost. */
  loses(what: 'request' | 'response', request: RequestId, node: NodeId): boolean {
    const index = this.losses.findIndex(
      (loss) => loss.what === what && (loss.node === null || loss.node === node),
    );
    const loss = this.losses[index];
    if (loss === undefined) return false;
    this.losses.splice(index, 1);
    this.faultStruck(loss.id, request, null, 'PRODUCE');
    return true;
  }
}
