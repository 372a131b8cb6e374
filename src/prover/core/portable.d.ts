// The types of AssemblyScript's that the prover's core uses: it is compiled twice, by tsc and by asc.
type i32 = number
type f64 = number
