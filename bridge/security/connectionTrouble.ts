/** Why there is no connection, in words that say what to do. Nothing secret is in them. */

interface Failure {
  readonly message: string;
  readonly code?: unknown;
}

const UNKNOWN_AUTHORITY =
  'shows a certificate of an authority that is not known here: name it by ssl.truststore.location (PEM) in the file of --config';
/** Java answers a certificate that is missing as it answers one that is bad. */
const OWN_KEY =
  'wants a certificate of the client that it knows: ssl.keystore.location (PEM or PKCS12) in the file of --config names it';
const NO_TLS = 'does not speak TLS there: look at security.protocol and the port';

/** By the codes of Node and OpenSSL. Each goes on after `host:port`. */
const BY_CODE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection: nothing listens there',
  ECONNRESET: 'breaks the connection off',
  ENOTFOUND: 'has a name that is not known',
  EAI_AGAIN: 'has a name that cannot be looked up now',
  ETIMEDOUT: 'does not answer',
  EHOSTUNREACH: 'cannot be reached from here',
  ENETUNREACH: 'cannot be reached from here',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  CERT_SIGNATURE_FAILURE: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: 'shows a certificate that has expired',
  CERT_NOT_YET_VALID: 'shows a certificate that is not valid yet: look at the clocks',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'shows a certificate for another name: connect by that name, or set ssl.endpoint.identification.algorithm= (empty)',
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  EPROTO: NO_TLS,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: OWN_KEY,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: OWN_KEY,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: OWN_KEY,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: OWN_KEY,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: OWN_KEY,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'speaks another version of TLS: look at ssl.enabled.protocols',
};

/** `host:port` and what is wrong with it, without a full stop. */
export function connectionTrouble(address: string, failure: Failure): string {
  const words = typeof failure.code === 'string' ? BY_CODE[failure.code] : undefined;
  return words === undefined ? `${address}: ${failure.message}` : `${address} ${words}`;
}
