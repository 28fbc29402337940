/** Runs one command line (without the program's name) and gives its exit code. */
export async function run(args: readonly string[]): Promise<number> {
  return await Promise.resolve(args.length === 0 ? 2 : 2);
}
