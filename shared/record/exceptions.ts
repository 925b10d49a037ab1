/**
 * The exceptions of the client and their ancestors, as in org.apache.kafka.common.errors: Java decides by class
 * (`instanceof RetriableException`), so the classes are facts to keep.
 */

/** Simple class name -> simple name of the class it extends. */
const PARENTS = {
  ApiException: 'KafkaException',
  ApplicationRecoverableException: 'ApiException',
  AuthenticationException: 'InvalidConfigurationException',
  AuthorizationException: 'InvalidConfigurationException',
  BrokerIdNotRegisteredException: 'ApiException',
  BrokerNotAvailableException: 'ApiException',
  BufferExhaustedException: 'TimeoutException',
  ClassCastException: 'RuntimeException',
  ClusterAuthorizationException: 'AuthorizationException',
  CommitFailedException: 'KafkaException',
  ConcurrentTransactionsException: 'RetriableException',
  ConfigException: 'KafkaException',
  ControllerMovedException: 'ApiException',
  CoordinatorLoadInProgressException: 'RetriableException',
  CoordinatorNotAvailableException: 'RefreshRetriableException',
  CorruptRecordException: 'RetriableException',
  DelegationTokenAuthorizationException: 'AuthorizationException',
  DelegationTokenDisabledException: 'ApiException',
  DelegationTokenExpiredException: 'ApiException',
  DelegationTokenNotFoundException: 'ApiException',
  DelegationTokenOwnerMismatchException: 'ApiException',
  DisconnectException: 'RetriableException',
  DuplicateBrokerRegistrationException: 'ApiException',
  DuplicateResourceException: 'ApiException',
  DuplicateSequenceException: 'ApiException',
  DuplicateVoterException: 'ApiException',
  ElectionNotNeededException: 'InvalidMetadataException',
  EligibleLeadersNotAvailableException: 'InvalidMetadataException',
  FeatureUpdateFailedException: 'ApiException',
  FencedInstanceIdException: 'ApplicationRecoverableException',
  FencedLeaderEpochException: 'InvalidMetadataException',
  FencedMemberEpochException: 'ApiException',
  FencedStateEpochException: 'ApiException',
  FetchSessionIdNotFoundException: 'RetriableException',
  FetchSessionTopicIdException: 'RetriableException',
  GroupAuthorizationException: 'AuthorizationException',
  GroupIdNotFoundException: 'ApiException',
  GroupMaxSizeReachedException: 'ApiException',
  GroupNotEmptyException: 'ApiException',
  GroupSubscribedToTopicException: 'ApiException',
  IllegalArgumentException: 'RuntimeException',
  IllegalGenerationException: 'ApplicationRecoverableException',
  IllegalSaslStateException: 'AuthenticationException',
  IllegalStateException: 'RuntimeException',
  InconsistentClusterIdException: 'ApiException',
  InconsistentGroupProtocolException: 'ApiException',
  InconsistentTopicIdException: 'InvalidMetadataException',
  InconsistentVoterSetException: 'ApiException',
  IneligibleReplicaException: 'ApiException',
  InterruptException: 'KafkaException',
  InvalidCommitOffsetSizeException: 'ApiException',
  InvalidConfigurationException: 'ApiException',
  InvalidFetchSessionEpochException: 'RetriableException',
  InvalidFetchSizeException: 'ApiException',
  InvalidGroupIdException: 'ApiException',
  InvalidMetadataException: 'RefreshRetriableException',
  InvalidOffsetException: 'ApiException',
  InvalidPartitionsException: 'ApiException',
  InvalidPidMappingException: 'ApplicationRecoverableException',
  InvalidPrincipalTypeException: 'ApiException',
  InvalidProducerEpochException: 'ApplicationRecoverableException',
  InvalidRecordException: 'InvalidConfigurationException',
  InvalidRecordStateException: 'ApiException',
  InvalidRegistrationException: 'ApiException',
  InvalidRegularExpression: 'ApiException',
  InvalidReplicaAssignmentException: 'ApiException',
  InvalidReplicationFactorException: 'InvalidConfigurationException',
  InvalidRequestException: 'ApiException',
  InvalidRequiredAcksException: 'InvalidConfigurationException',
  InvalidSessionTimeoutException: 'ApiException',
  InvalidShareSessionEpochException: 'RetriableException',
  InvalidTimestampException: 'ApiException',
  InvalidTopicException: 'InvalidConfigurationException',
  InvalidTxnStateException: 'ApiException',
  InvalidTxnTimeoutException: 'ApiException',
  InvalidUpdateVersionException: 'ApiException',
  InvalidVoterKeyException: 'ApiException',
  KafkaException: 'RuntimeException',
  KafkaStorageException: 'InvalidMetadataException',
  LeaderNotAvailableException: 'InvalidMetadataException',
  ListenerNotFoundException: 'InvalidMetadataException',
  LogDirNotFoundException: 'ApiException',
  MemberIdRequiredException: 'ApiException',
  MismatchedEndpointTypeException: 'ApiException',
  NetworkException: 'InvalidMetadataException',
  NewLeaderElectedException: 'ApiException',
  NoReassignmentInProgressException: 'ApiException',
  NotControllerException: 'RetriableException',
  NotCoordinatorException: 'RefreshRetriableException',
  NotEnoughReplicasAfterAppendException: 'RetriableException',
  NotEnoughReplicasException: 'RetriableException',
  NotLeaderOrFollowerException: 'InvalidMetadataException',
  NullPointerException: 'RuntimeException',
  OffsetMetadataTooLarge: 'ApiException',
  OffsetMovedToTieredStorageException: 'ApiException',
  OffsetNotAvailableException: 'RetriableException',
  OffsetOutOfRangeException: 'InvalidOffsetException',
  OperationNotAttemptedException: 'ApiException',
  OutOfOrderSequenceException: 'ApiException',
  PolicyViolationException: 'ApiException',
  PositionOutOfRangeException: 'ApiException',
  PreferredLeaderNotAvailableException: 'InvalidMetadataException',
  PrincipalDeserializationException: 'ApiException',
  ProducerFencedException: 'ApplicationRecoverableException',
  ReassignmentInProgressException: 'ApiException',
  RebalanceInProgressException: 'ApiException',
  RebootstrapRequiredException: 'ApiException',
  RecordBatchTooLargeException: 'InvalidConfigurationException',
  RecordTooLargeException: 'ApiException',
  RefreshRetriableException: 'RetriableException',
  ReplicaNotAvailableException: 'InvalidMetadataException',
  ResourceNotFoundException: 'ApiException',
  RetriableException: 'ApiException',
  SaslAuthenticationException: 'AuthenticationException',
  SecurityDisabledException: 'ApiException',
  SerializationException: 'KafkaException',
  ShareSessionLimitReachedException: 'RetriableException',
  ShareSessionNotFoundException: 'RetriableException',
  SnapshotNotFoundException: 'ApiException',
  StaleBrokerEpochException: 'ApiException',
  StaleMemberEpochException: 'ApiException',
  StreamsInvalidTopologyEpochException: 'ApiException',
  StreamsInvalidTopologyException: 'ApiException',
  StreamsTopologyFencedException: 'ApiException',
  TelemetryTooLargeException: 'ApiException',
  ThrottlingQuotaExceededException: 'RetriableException',
  TimeoutException: 'RetriableException',
  TopicAuthorizationException: 'AuthorizationException',
  TopicDeletionDisabledException: 'ApiException',
  TopicExistsException: 'ApiException',
  TransactionAbortableException: 'ApiException',
  TransactionAbortedException: 'ApiException',
  TransactionCoordinatorFencedException: 'ApiException',
  TransactionalIdAuthorizationException: 'AuthorizationException',
  TransactionalIdNotFoundException: 'ApiException',
  UnacceptableCredentialException: 'ApiException',
  UnknownControllerIdException: 'ApiException',
  UnknownLeaderEpochException: 'RetriableException',
  UnknownMemberIdException: 'ApplicationRecoverableException',
  UnknownProducerIdException: 'OutOfOrderSequenceException',
  UnknownServerException: 'ApiException',
  UnknownSubscriptionIdException: 'ApiException',
  UnknownTopicIdException: 'InvalidMetadataException',
  UnknownTopicOrPartitionException: 'InvalidMetadataException',
  UnreleasedInstanceIdException: 'ApiException',
  UnstableOffsetCommitException: 'RetriableException',
  UnsupportedAssignorException: 'ApiException',
  UnsupportedByAuthenticationException: 'ApiException',
  UnsupportedCompressionTypeException: 'ApiException',
  UnsupportedEndpointTypeException: 'ApiException',
  UnsupportedForMessageFormatException: 'InvalidConfigurationException',
  UnsupportedSaslMechanismException: 'AuthenticationException',
  UnsupportedVersionException: 'InvalidConfigurationException',
  VoterNotFoundException: 'ApiException',
} as const;

export type ExceptionName = keyof typeof PARENTS;

const parents: Readonly<Record<string, string>> = PARENTS;

/** Whether class `name` is `ancestor` or extends it. */
export function exceptionIs(name: string, ancestor: ExceptionName): boolean {
  for (let at: string | undefined = name; at !== undefined; at = parents[at])
    if (at === ancestor) return true;
  return false;
}

/** A throwable of the Java client: its simple class name, its message (may be null in Java) and its cause. */
export class JavaException extends Error {
  override readonly name = 'JavaException';
  readonly exception: ExceptionName;
  /** What `getMessage()` returns: null where Java has none. */
  readonly text: string | null;
  readonly because: JavaException | null;

  constructor(exception: ExceptionName, text: string | null, because: JavaException | null = null) {
    super(text ?? exception);
    this.exception = exception;
    this.text = text;
    this.because = because;
  }

  /** Java's `instanceof`. */
  is(ancestor: ExceptionName): boolean {
    return exceptionIs(this.exception, ancestor);
  }
}
