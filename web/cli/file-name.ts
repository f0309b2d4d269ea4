/** A tensor's or picture's name with everything that may not stand in a file name replaced. */
export function fileName(name: string): string {
  return name.replace(/[^\w.-]+/g, "_").replace(/^[._]+(?=.)/, "") || "tensor";
}
