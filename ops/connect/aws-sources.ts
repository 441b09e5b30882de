import { readdirSync } from 'node:fs'
import { CloudWatchClient, DescribeAlarmsCommand, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DescribeRuleCommand, EventBridgeClient, ListRuleNamesByTargetCommand } from '@aws-sdk/client-eventbridge'
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda'
import { awsClientOptions } from '../../lib/aws-client.ts'
import type { AwsSources } from '../check/sources.ts'
import { serviceName } from './stage.ts'

/** The functions of serverless.yml: each has a file of its name. A test compares them. */
export const functionNames: readonly string[] = readdirSync(new URL('../../functions', import.meta.url))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace('.ts', ''))

/** Reads what Lambda, CloudWatch and EventBridge know of a stage. All calls only read. Each throws if it is refused. */
export function connectAwsSources(stage: string): AwsSources {
  const lambda = new LambdaClient(awsClientOptions)
  const cloudWatch = new CloudWatchClient(awsClientOptions)
  const logs = new CloudWatchLogsClient(awsClientOptions)
  const events = new EventBridgeClient(awsClientOptions)
  const prefix = `${serviceName}-${stage}-`
  const nameOf = (name: string) => `${prefix}${name}`
  const configurationOf = (name: string) =>
    lambda.send(new GetFunctionConfigurationCommand({ FunctionName: nameOf(name) }))
  return {
    functionNames,
    async readFunction(name) {
      const { State = '', LastUpdateStatus = '', LastModified = '', Runtime = '' } = await configurationOf(name)
      return { name, state: State, lastUpdate: LastUpdateStatus, modifiedAt: LastModified, runtime: Runtime }
    },
    async listTriggers(name) {
      const { EventSourceMappings = [] } = await lambda.send(
        new ListEventSourceMappingsCommand({ FunctionName: nameOf(name) }),
      )
      return EventSourceMappings.map(({ UUID = '', State = '', LastProcessingResult = '' }) => ({
        id: UUID,
        state: State,
        lastResult: LastProcessingResult,
      }))
    },
    async reservedConcurrency(name) {
      const { ReservedConcurrentExecutions } = await lambda.send(
        new GetFunctionConcurrencyCommand({ FunctionName: nameOf(name) }),
      )
      return ReservedConcurrentExecutions
    },
    async functionMetric(name, metric, minutes) {
      const end = Date.now()
      // IteratorAge is a gauge in milliseconds, the others are counts.
      const statistic = metric === 'IteratorAge' ? 'Maximum' : 'Sum'
      const { Datapoints = [] } = await cloudWatch.send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/Lambda',
          MetricName: metric,
          Dimensions: [{ Name: 'FunctionName', Value: nameOf(name) }],
          StartTime: new Date(end - minutes * 60_000),
          EndTime: new Date(end),
          Period: minutes * 60,
          Statistics: [statistic],
        }),
      )
      return Math.max(0, ...Datapoints.map(({ Sum, Maximum }) => Sum ?? Maximum ?? 0))
    },
    async listAlarms() {
      const { MetricAlarms = [] } = await cloudWatch.send(
        new DescribeAlarmsCommand({ AlarmNamePrefix: prefix, MaxRecords: 100 }),
      )
      return MetricAlarms.map(({ AlarmName = '', StateValue = '', StateReason = '' }) => ({
        name: AlarmName.replace(prefix, ''),
        state: StateValue,
        reason: StateReason,
      }))
    },
    async schedulesOf(name) {
      const { FunctionArn } = await configurationOf(name)
      const { RuleNames = [] } = await events.send(new ListRuleNamesByTargetCommand({ TargetArn: FunctionArn }))
      const rules = await Promise.all(RuleNames.map((Name) => events.send(new DescribeRuleCommand({ Name }))))
      return rules.map(({ Name = '', State, ScheduleExpression = '' }) => ({
        rule: Name,
        isEnabled: State === 'ENABLED',
        rate: ScheduleExpression,
      }))
    },
    async logRetention(name) {
      const logGroupNamePrefix = `/aws/lambda/${nameOf(name)}`
      const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }))
      const group = logGroups.find(({ logGroupName }) => logGroupName === logGroupNamePrefix)
      return group === undefined ? 'no-group' : group.retentionInDays
    },
  }
}
