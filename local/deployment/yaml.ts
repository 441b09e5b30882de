import { CORE_SCHEMA, defineScalarTag, defineSequenceTag, load, mergeTag, YAMLException } from 'js-yaml'
import { StartError } from '../start-error.ts'
import { Decision } from './conditions.ts'
import { Intrinsic } from './intrinsic.ts'

const scalar = (name: Intrinsic['name']) =>
  defineScalarTag(`!${name}`, { resolve: (source) => new Intrinsic(name, source), identify: () => false })

/** `!GetAtt [Table, Arn]` is the same as `!GetAtt Table.Arn`. */
const getAttList = defineSequenceTag('!GetAtt', {
  create: (): string[] => [],
  addItem: (parts, part) => {
    if (typeof part !== 'string') return 'takes strings'
    parts.push(part)
    return undefined
  },
  finalize: (parts) => new Intrinsic('GetAtt', parts.join('.')),
  identify: () => false,
})

const decision = (name: Decision['name']) =>
  defineSequenceTag(`!${name}`, {
    create: (): unknown[] => [],
    addItem: (parts, part) => {
      parts.push(part)
      return undefined
    },
    finalize: (parts) => new Decision(name, parts),
    identify: () => false,
  })

const schema = CORE_SCHEMA.withTags(
  mergeTag,
  scalar('Ref'),
  scalar('GetAtt'),
  scalar('Sub'),
  getAttList,
  decision('If'),
  decision('Equals'),
  decision('Not'),
  decision('And'),
  decision('Split'),
  decision('Sub'),
)

/** Parses YAML with the CloudFormation functions that the local stack supports. Throws `StartError` for other tags. */
export function parseYaml(text: string, file: string): unknown {
  try {
    return load(text, { schema })
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const line = error.mark === undefined ? '' : ` (line ${error.mark.line + 1})`
    throw new StartError(`${file}${line}: ${error.reason}.`, { cause: error })
  }
}
