/** Where Java uses another value than the one that stands in the settings, and why. */
import { parseProducerConfig, withRequiredSettings, type ProducerConfig } from '#engine/ProducerConfig';
import { JavaException } from '#record/exceptions';
import type { Scenario } from '#model/Scenario';
import type { Control } from './Control.ts';
import { quantityText } from './quantity.ts';

function configOf(producer: Readonly<Record<string, string>>): ProducerConfig | null {
  try {
    return parseProducerConfig(withRequiredSettings(producer));
  } catch (error) {
    if (error instanceof JavaException) return null;
    throw error;
  }
}

/** One sentence; null: the value is used as it is. */
export function effectiveText(control: Control, scenario: Scenario): string | null {
  if (!control.isKafkaName || control.application === null) return null;
  const producer = scenario.applications[control.application]?.producer ?? {};
  const config = configOf(producer);
  if (config === null) return null;
  switch (control.label) {
    case 'enable.idempotence':
      if (control.read(scenario) !== 'true' || config.enableIdempotence) return null;
      return `In effect off: ${config.acks === -1 ? 'retries is 0' : 'acks is not all'}, and nobody asked for it.`;
    case 'delivery.timeout.ms': {
      const effective = String(config.deliveryTimeoutMs);
      if (effective === control.read(scenario)) return null;
      return `In effect ${quantityText(config.deliveryTimeoutMs, 'ms')}: linger.ms + request.timeout.ms.`;
    }
    case 'reconnect.backoff.max.ms':
      if (String(config.reconnectBackoffMaxMs) === control.read(scenario)) return null;
      return `In effect ${quantityText(config.reconnectBackoffMaxMs, 'ms')}: only reconnect.backoff.ms is set.`;
    default:
      return null;
  }
}
