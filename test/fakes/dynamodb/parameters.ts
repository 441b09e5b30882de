const names = ['ExpressionAttributeNames']
const expressions = [...names, 'ExpressionAttributeValues']
const returns = ['ReturnConsumedCapacity', 'ReturnItemCollectionMetrics']
const write = ['TableName', ...expressions, ...returns, 'ConditionExpression', 'ReturnValues']
const onFailure = 'ReturnValuesOnConditionCheckFailure'
const page = [
  'TableName',
  'IndexName',
  ...expressions,
  'FilterExpression',
  'ProjectionExpression',
  'ConsistentRead',
  'Limit',
  'ExclusiveStartKey',
  'Select',
  'ReturnConsumedCapacity',
]

const known = {
  GetCommand: new Set([
    'TableName',
    'Key',
    ...names,
    'ProjectionExpression',
    'ConsistentRead',
    'ReturnConsumedCapacity',
  ]),
  PutCommand: new Set([...write, 'Item', onFailure]),
  UpdateCommand: new Set([...write, 'Key', 'UpdateExpression', onFailure]),
  DeleteCommand: new Set([...write, 'Key', onFailure]),
  QueryCommand: new Set([...page, 'KeyConditionExpression', 'ScanIndexForward']),
  ScanCommand: new Set([...page, 'Segment', 'TotalSegments']),
  BatchGetCommand: new Set(['RequestItems', 'ReturnConsumedCapacity']),
  BatchWriteCommand: new Set(['RequestItems', ...returns]),
  TransactWriteCommand: new Set(['TransactItems', 'ClientRequestToken', ...returns]),
  TransactGetCommand: new Set(['TransactItems', 'ReturnConsumedCapacity']),
} satisfies Record<string, ReadonlySet<string>>

export type CommandName = keyof typeof known

/** Refuses a parameter that the fake would ignore, such as the legacy ones from before expressions. */
export function requireKnownParameters(command: CommandName, input: object): void {
  for (const parameter in input) {
    if (!known[command].has(parameter)) throw new Error(`The DynamoDB fake knows no ${parameter} of ${command}.`)
  }
}
