import { validation } from './errors.ts'
import type { LiteralRule, Operand, Parsed, Path } from './expression.ts'
import { reservedWords } from './reserved-words.ts'
import type { Type } from './values.ts'

type Token = { kind: 'word' | 'name' | 'value' | 'number' | 'symbol'; text: string; at: number }

const pattern = /\s*(?:([A-Za-z][A-Za-z0-9_]*)|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|(\d+)|(<>|<=|>=|[=<>()[\],.+-]))/y
const kinds = ['word', 'name', 'value', 'number', 'symbol'] as const

/** The common parts of all expressions: tokens, paths, and a record of the placeholders they use. */
export class Parser {
  readonly names = new Set<string>()
  readonly values = new Set<string>()
  readonly paths: Path[] = []
  readonly literalRules: LiteralRule[] = []
  readonly literalBounds: (readonly [string, string])[] = []
  private readonly parameter: string
  private readonly text: string
  private readonly tokens: Token[]
  private position = 0

  constructor(parameter: string, text: string) {
    this.parameter = parameter
    this.text = text
    this.tokens = this.tokenize()
  }

  /** Parses the whole text with one grammar. */
  parse<Root>(grammar: (parser: this) => Root): Parsed<Root> {
    const root = grammar(this)
    if (this.position < this.tokens.length) throw this.syntaxError()
    const { parameter, names, values, paths, literalRules, literalBounds } = this
    return { parameter, root, names, values, paths, literalRules, literalBounds }
  }

  refuse(message: string): Error {
    return validation(`Invalid ${this.parameter}: ${message}`)
  }

  syntaxError(): Error {
    const token = this.tokens[this.position]
    const near = this.text.slice(this.tokens[this.position - 1]?.at ?? 0, (token?.at ?? this.text.length) + 10)
    return this.refuse(`Syntax error; token: "${token?.text ?? '<EOF>'}", near: "${near.trim()}"`)
  }

  peek(ahead = 0): string | undefined {
    return this.tokens[this.position + ahead]?.text
  }

  /** Keywords are read in any case. */
  atKeyword(keyword: string): boolean {
    const token = this.tokens[this.position]
    return token?.kind === 'word' && token.text.toUpperCase() === keyword
  }

  keyword(keyword: string): boolean {
    if (!this.atKeyword(keyword)) return false
    this.position++
    return true
  }

  symbol(text: string): boolean {
    const token = this.tokens[this.position]
    if (token?.kind !== 'symbol' || token.text !== text) return false
    this.position++
    return true
  }

  expect(symbol: string): void {
    if (!this.symbol(symbol)) throw this.syntaxError()
  }

  /** The name of a function, if one is called here. */
  functionName(): string | undefined {
    const token = this.tokens[this.position]
    if (token?.kind !== 'word' || this.peek(1) !== '(' || ['NOT', 'IN'].includes(token.text.toUpperCase())) {
      return undefined
    }
    this.position += 2
    return token.text
  }

  placeholder(): string | undefined {
    const token = this.tokens[this.position]
    if (token?.kind !== 'value') return undefined
    this.position++
    this.values.add(token.text)
    return token.text
  }

  path(): Path {
    const segments: (string | number)[] = [this.attributeName()]
    for (;;) {
      if (this.symbol('.')) segments.push(this.attributeName())
      else if (this.symbol('[')) segments.push(this.listIndex())
      else break
    }
    const path = { segments, hasPlaceholder: segments.some((segment) => String(segment).startsWith('#')) }
    this.paths.push(path)
    return path
  }

  pathOrPlaceholder(): Exclude<Operand, { type: 'size' }> {
    const name = this.placeholder()
    return name === undefined ? { type: 'path', path: this.path() } : { type: 'value', name }
  }

  /** Records that this operand, if it is a value of the request, must have one of these types. */
  limitLiteral(operator: string, operand: { type: string; name?: string }, types: readonly Type[]): void {
    if (operand.type === 'value') this.literalRules.push({ value: operand.name!, operator, types })
  }

  private attributeName(): string {
    const token = this.tokens[this.position]
    if (token?.kind !== 'word' && token?.kind !== 'name') throw this.syntaxError()
    if (token.kind === 'name') this.names.add(token.text)
    else if (reservedWords.has(token.text.toUpperCase())) {
      throw this.refuse(`Attribute name is a reserved keyword; reserved keyword: ${token.text}`)
    }
    this.position++
    return token.text
  }

  private listIndex(): number {
    const token = this.tokens[this.position]
    if (token?.kind !== 'number') throw this.syntaxError()
    this.position++
    this.expect(']')
    return Number(token.text)
  }

  private tokenize(): Token[] {
    const text = this.text.trimEnd()
    if (text === '') throw this.refuse('The expression can not be empty;')
    if (Buffer.byteLength(text) > 4096) {
      throw this.refuse('Expression size has exceeded the maximum allowed size;')
    }
    const tokens: Token[] = []
    pattern.lastIndex = 0
    while (pattern.lastIndex < text.length) {
      const at = pattern.lastIndex
      const match = pattern.exec(text)
      if (match === null) {
        const token = text.slice(at).trimStart()[0]
        throw this.refuse(`Syntax error; token: "${token}", near: "${text.slice(at, at + 10).trim()}"`)
      }
      const kind = kinds.find((_, index) => match[index + 1] !== undefined)!
      tokens.push({ kind, text: match[0].trimStart(), at })
    }
    return tokens
  }
}

const cacheLimit = 5000

/** Parses each text once, because an application sends few expressions repeatedly. */
export function cachedParser<Root>(
  grammar: (parser: Parser) => Root,
): (parameter: string, text: string) => Parsed<Root> {
  const cache = new Map<string, Parsed<Root>>()
  return (parameter, text) => {
    const cached = cache.get(text)
    if (cached !== undefined && cached.parameter === parameter) return cached
    const parsed = new Parser(parameter, text).parse(grammar)
    if (cache.size >= cacheLimit) cache.clear()
    cache.set(text, parsed)
    return parsed
  }
}
