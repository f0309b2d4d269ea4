function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Largest difference over the largest value of `theirs`; NaN where that is 0. */
export function relativeDifference(own: Float32Array | undefined, theirs: Float32Array): number {
  if (own?.length !== theirs.length) throw new Error("The engines' results differ in size.");
  const difference = largest(theirs.map((value, i) => value - (own[i] ?? NaN)));
  const scale = largest(theirs);
  return scale > 0 ? difference / scale : NaN;
}
