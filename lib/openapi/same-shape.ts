/** A shape in which it shows whether a member may be missing, and `readonly` does not. */
type Plain<Shape> = Shape extends readonly (infer Item)[]
  ? Plain<Item>[]
  : Shape extends object
    ? {
        -readonly [Name in keyof Shape]-?: undefined extends Shape[Name]
          ? { optional: Plain<Exclude<Shape[Name], undefined>> }
          : { required: Plain<Shape[Name]> }
      }
    : Shape

type Same<One, Other> = [One, Other] extends [Other, One] ? true : false

/**
 * Whether a schema describes exactly what a function builds. Given to `Holds`, a difference is a compiler error, so
 * that the document and the answers cannot drift apart.
 */
export type SameShape<Described, Built> = Same<Plain<Described>, Plain<Built>>

/** Accepts only what is true. */
export type Holds<Claim extends true> = Claim
