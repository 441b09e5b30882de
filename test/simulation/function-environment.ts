/**
 * Variables that the functions' files ask for when they are imported. Import this before them; what they build from it
 * is never used, because the simulation calls `createHandler` with a world of its own.
 */
const variables: Readonly<Record<string, string>> = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  LOG_LEVEL: 'ERROR',
  LOG_SAMPLE_RATE: '0',
  METRICS_NAMESPACE: 'simulation',
  POWERTOOLS_SERVICE_NAME: 'simulation',
  TABLE_NAME: 'Table',
  RETAIN_DAYS: '35',
  SUBMISSIONS_QUEUE_URL: 'http://127.0.0.1:1/000000000000/submissions',
  DEVICES_PER_SUBMISSION: '100',
  DEVICES_PER_SUBMISSION_GLOBAL: '1000',
  LEASE_SECONDS: '60',
  GRACE_REPEATABLE_SECONDS: '60',
  GRACE_SECONDS: '1200',
  RESULTS_WITHIN_SECONDS: '0',
  RETRY_FIRST_DELAY_SECONDS: '5',
  RETRY_CAP_SECONDS: '900',
  RETRY_MAXIMUM_AGE_SECONDS: '86400',
  POINTER_GRACE_SECONDS: '60',
  FOLD_EVERY_SECONDS: '60',
  REPEAT_UNCONFIRMED_FOR: '',
  THINGSPACE_BASE_URL: 'http://127.0.0.1:1/api',
  THINGSPACE_SECRET_ID: 'thingspace',
  CREDENTIAL_SETS: '{}',
  LISTENER_SECRET_ID: 'listener',
  REQUIRE_CALLBACK_CREDENTIALS: 'false',
  REFUSE_UNLISTED_ADDRESSES: 'false',
  CALLBACK_ADDRESSES: '',
  EVENTS_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:events',
}
for (const [name, value] of Object.entries(variables)) process.env[name] ??= value
