/** Text of a lesson: what stands between backquotes is Kafka's own word. */
import type { ReactNode } from 'react';

export function Prose(props: { readonly text: string }): ReactNode {
  return props.text
    .split('`')
    .map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : <span key={i}>{part}</span>));
}
