/** What a thing on the stage is called, in few words: for tooltips and headings. */
import type { BatchId, RequestId, TpId } from '#base/ids';
import type { StageView } from '../session/view.ts';
import { countText } from '../ui/format.ts';
import type { Entity } from './scene.ts';

function tpText(view: StageView, tp: number): string {
  const partition = view.state.partitions.get(tp as TpId);
  return partition === undefined ? `partition #${tp}` : `${partition.topic}-${partition.partition}`;
}

export function entityName(view: StageView, entity: Entity): string {
  switch (entity.kind) {
    case 'record':
      return `record ${countText(entity.id)}`;
    case 'batch': {
      const line = view.lifelines.batch(entity.id as BatchId);
      const where = line === null ? '' : ` · ${tpText(view, line.tp)}`;
      const open = view.state.batches.get(entity.id as BatchId);
      const records = open?.records ?? line?.recordCount ?? 0;
      return `batch ${countText(entity.id)}${where} · ${records === 1 ? '1 record' : `${countText(records)} records`}`;
    }
    case 'request': {
      const line = view.lifelines.request(entity.id as RequestId);
      if (line === null) return `request ${countText(entity.id)}`;
      const batches = line.batches.length === 1 ? '1 batch' : `${line.batches.length} batches`;
      return line.api === 'PRODUCE'
        ? `Produce request ${countText(entity.id)} · broker ${line.node} · ${batches}`
        : `${line.api} request ${countText(entity.id)} · broker ${line.node}`;
    }
    case 'broker':
      return `broker ${entity.id}`;
    case 'link':
      return `connection to broker ${entity.id}`;
    case 'partition':
      return tpText(view, entity.id);
    case 'client':
      return `producer ${entity.id}`;
  }
}
