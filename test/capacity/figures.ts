/** Where a figure is published. */
type Source = { page: string; url: string }

/** A limit or behaviour of AWS, as its documents give it. `remark` names what other documents say instead. */
export type Figure = { what: string; value: number; unit: string; source: Source; remark?: string }

const dynamoDb = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide'
const lambda = 'https://docs.aws.amazon.com/lambda/latest/dg'
const sqs = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide'
const gateway = 'https://docs.aws.amazon.com/apigateway/latest/developerguide'

const pages = {
  hotPartitions: {
    page: 'DynamoDB: key range throughput exceeded (hot partitions)',
    url: `${dynamoDb}/throttling-key-range-limit-exceeded-mitigation.html`,
  },
  warmThroughput: {
    page: 'DynamoDB: warm throughput in different scenarios',
    url: `${dynamoDb}/warm-throughput-scenarios.html`,
  },
  onDemand: { page: 'DynamoDB: on-demand capacity mode', url: `${dynamoDb}/on-demand-capacity-mode.html` },
  burst: { page: 'DynamoDB: burst and adaptive capacity', url: `${dynamoDb}/burst-adaptive-capacity.html` },
  inFlight: { page: 'SQS: standard queue quotas', url: `${sqs}/quotas-queues.html` },
  fair: { page: 'SQS: how fair queues work', url: `${sqs}/sqs-fair-queues-detailed.html` },
  lambdaScaling: { page: 'Lambda: scaling behavior', url: `${lambda}/scaling-behavior.html` },
  concurrency: { page: 'Lambda: quotas', url: `${lambda}/gettingstarted-limits.html` },
  memory: { page: 'Lambda: configure memory', url: `${lambda}/configuration-memory.html` },
  queueScaling: { page: 'Lambda: scaling of SQS event source mappings', url: `${lambda}/services-sqs-scaling.html` },
  streams: { page: 'Lambda: using Lambda with DynamoDB', url: `${lambda}/with-ddb.html` },
  gatewayQuotas: { page: 'API Gateway: quotas', url: `${gateway}/limits.html` },
} satisfies Record<string, Source>

const figure = (what: string, value: number, unit: string, source: Source, remark?: string): Figure => ({
  what,
  value,
  unit,
  source,
  ...(remark === undefined ? {} : { remark }),
})

/** Every figure of AWS that the model uses. docs/scaling.md lists them from here. */
export const figures = {
  partitionWrites: figure('writes of one key range (partition)', 1000, 'units/s', pages.warmThroughput),
  partitionReads: figure('reads of one key range (partition)', 3000, 'units/s', pages.warmThroughput),
  newTableWrites: figure('writes of a new on-demand table', 4000, 'units/s', pages.onDemand),
  newTableReads: figure('reads of a new on-demand table', 12_000, 'units/s', pages.onDemand),
  growthFactor: figure('what an on-demand table accepts, by its previous peak', 2, 'x', pages.onDemand),
  growthSeconds: figure(
    'time over which more than twice the previous peak must be spread',
    1800,
    's',
    pages.onDemand,
    'The page says that throttling may occur earlier and not that it does. The model always throttles.',
  ),
  burstSeconds: figure(
    'unused capacity that DynamoDB retains',
    300,
    's',
    pages.burst,
    'AWS re:Post (https://repost.aws/knowledge-center/dynamodb-spiky-workloads-short-intervals) says that burst capacity cannot raise the limit of one partition. The storms therefore use none.',
  ),
  queueInFlight: figure('messages in flight of a standard queue', 120_000, 'messages', pages.inFlight),
  queueDelaySeconds: figure('longest delay of a message', 900, 's', pages.inFlight),
  noisyShare: figure('share of messages in flight, or of processing time, of a noisy tenant', 0.1, '', pages.fair),
  noisyInFlight: figure('messages in flight of a noisy tenant, at least', 30, 'messages', pages.fair),
  quietAfterSeconds: figure('time without messages after which a tenant is quiet again', 300, 's', pages.fair),
  newEnvironments: figure(
    'new environments of one function',
    1000,
    'in 10 s',
    pages.lambdaScaling,
    'AWS fills this up continuously and does not accumulate what is not used.',
  ),
  accountConcurrency: figure(
    'concurrent executions of an account',
    1000,
    'environments',
    pages.concurrency,
    'New accounts start with less.',
  ),
  vcpuMegabytes: figure('memory that has one vCPU', 1769, 'MB', pages.memory),
  queueSourceStart: figure('batches that a queue source begins with', 5, 'at once', pages.queueScaling),
  queueSourceGrowth: figure(
    'further batches at once of a queue source',
    300,
    'a minute',
    pages.queueScaling,
    'The limit of 1,000 or 1,250 batches, which copies of the page give differently, is far above ours.',
  ),
  streamPolls: figure('reads of each shard of a stream', 4, 'a second', pages.streams),
  gatewayRate: figure('calls of an account', 10_000, 'calls/s', pages.gatewayQuotas, '2,500 in some regions.'),
  gatewayBurst: figure(
    'burst of calls of an account',
    5000,
    'calls',
    pages.gatewayQuotas,
    '1,250 in some regions. The current page no longer names it, an older copy does.',
  ),
} as const satisfies Record<string, Figure>
