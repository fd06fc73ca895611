// The signature schemes by their names in a config.

/** The signature schemes this build knows. */
export const SIGNATURES = ["rocky"] as const;
export type Signature = (typeof SIGNATURES)[number];
