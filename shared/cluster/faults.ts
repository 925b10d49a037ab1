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
  /** From 1, counted from when the rule was armed. */
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
    this.rules.push({ id, rule, seen: 0, left: rule.times });
    this.faultArmed(id, { do: 'answer.set', rule });
  }

  armLoss(what: 'request' | 'response', node: number | null): void {
    const id = this.armed++;
    this.losses.push({ id, what, node });
    this.faultArmed(id, { do: 'next.lose', what, node });
  }

  /** The rule that replaces this answer, if any. `tp`: of Produce. `topic`: of Produce and Metadata. */
  answer(
    request: RequestId,
    api: ApiName,
    node: NodeId,
    topic: string | null,
    tp: TopicPartition | null,
  ): FaultRule | null {
    if (this.rules.length === 0) return null;
    let struck: ArmedRule | null = null;
    for (const armed of this.rules) {
      const { rule } = armed;
      if (rule.api !== api || (rule.node !== null && rule.node !== node)) continue;
      if (rule.topic !== null && rule.topic !== topic) continue;
      if (rule.partition !== null && rule.partition !== (tp === null ? null : tp.partition)) continue;
      armed.seen++;
      if (struck === null && armed.seen >= rule.nth && armed.left > 0) struck = armed;
    }
    if (struck === null) return null;
    struck.left--;
    if (struck.left === 0) this.rules = this.rules.filter((armed) => armed !== struck);
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
