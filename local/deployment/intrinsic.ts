import * as z from 'zod'

/** A CloudFormation function in short form, such as `!Ref Table`. Its value is known once the resources exist. */
export class Intrinsic {
  readonly name: 'Ref' | 'GetAtt' | 'Sub'
  readonly text: string

  constructor(name: Intrinsic['name'], text: string) {
    this.name = name
    this.text = text
  }

  toString(): string {
    return `!${this.name} ${this.text}`
  }
}

/** A text, or a CloudFormation function that gives one once the resources exist. */
export const Text = z.union([
  z.string(),
  z.number().transform(String),
  z.boolean().transform(String),
  z.instanceof(Intrinsic),
])
export type Text = z.infer<typeof Text>

const reference = (name: Intrinsic['name'], pattern: RegExp, example: string) =>
  z.unknown().transform((value, context) => {
    const id = value instanceof Intrinsic && value.name === name ? pattern.exec(value.text)?.[1] : undefined
    if (id !== undefined) return id
    context.addIssue({ code: 'custom', message: `must be written as ${example}` })
    return z.NEVER
  })

/** The logical id in `!GetAtt Thing.Arn`. */
export const ArnOf = reference('GetAtt', /^(\w+)\.Arn$/, '!GetAtt Thing.Arn')
/** The logical id in `!GetAtt Thing.StreamArn`. */
export const StreamArnOf = reference('GetAtt', /^(\w+)\.StreamArn$/, '!GetAtt Thing.StreamArn')
/** The logical id in `!Ref Thing`. */
export const RefTo = reference('Ref', /^(\w+)$/, '!Ref Thing')
