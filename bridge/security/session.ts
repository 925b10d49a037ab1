/** How long one may go on before one has to say again who one is (connections.max.reauth.ms of the broker, KIP-368). */

/** Of the session's time, and of it again up to so much at random, so that not all connections come at once. */
const FROM_SHARE = 0.85;
const SPREAD_SHARE = 0.1;

/**
 * When to say it again, on the clock of `performance.now()`: as SaslClientAuthenticator.ReauthInfo has it, between 85% and
 * 95% of the session. `lifetimeMs` 0: there is no end, so never.
 */
export const sessionEndMs = (lifetimeMs: number): number =>
  lifetimeMs > 0 ? performance.now() + lifetimeMs * (FROM_SHARE + Math.random() * SPREAD_SHARE) : Infinity;
