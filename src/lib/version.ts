// The version that the User-Agent, `--version` and the docs name; a test keeps it equal to package.json's.
export const VERSION = "0.1.0";
