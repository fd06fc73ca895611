// The environment variables of a process.

/** As they were read once, in an entry. */
export type Env = Readonly<Record<string, string | undefined>>;
