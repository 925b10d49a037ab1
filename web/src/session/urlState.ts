import type { Session } from './session.ts';
export const linkOf = (_: Session) => ({ url: location.href, fits: true, file: () => '' });
