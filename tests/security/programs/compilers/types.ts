// A conditional type that branches twice at every character, without end in time.
type Next<S extends string> = S extends `${infer A}${infer B}` ? [Next<B>, A, Next<`${B}`>] : [];
type Turn<S extends string, R extends string = ""> =
  S extends `${infer A}${infer B}` ? Turn<B, `${R}${A}`> | Turn<B, `${A}${R}`> : R;
const x: Turn<"abcdefghijklmnopqrstuvwxyz"> = "" as any;
console.log(typeof x);
