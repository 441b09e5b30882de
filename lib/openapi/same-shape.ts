/** Normalises a shape: marks optional members explicitly and drops `readonly`. */
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
 * Whether a schema describes exactly what a function builds. `Holds<SameShape<...>>` is a compiler error if they
 * differ, so the document always matches the answers.
 */
export type SameShape<Described, Built> = Same<Plain<Described>, Plain<Built>>

/** Compiles only if the claim is true. */
export type Holds<Claim extends true> = Claim
