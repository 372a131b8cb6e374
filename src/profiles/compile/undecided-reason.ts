/**
 * Why it is unknown whether a constraint holds, or whether an item is in a slice. `cast` and `replaced`: an expression evaluates to nothing, perhaps
 * because of a type cast, or of an extension in place of a value. `failed`: it cannot be evaluated there. `slice`: packages and line do not decide.
 */
export type UndecidedReason = 'cast' | 'replaced' | 'failed' | 'slice'
