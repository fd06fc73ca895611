// The records of a store that is missing, and is only looked at.
import type { Records } from "../model/records.ts";

const NONE = { problem: "there is no store" };

export const NO_RECORDS: Records = {
	keepsAll: true,
	put: async () => NONE,
	list: async () => ({ records: [], invalid: 0 }),
	rivals: async () => ({ records: [], invalid: 0 }),
	claim: async () => [],
	settle: async (changes) => changes.map(({ from }) => from.record.id),
	removeInvalid: async () => 0,
	disabled: async () => [],
	disable: async () => NONE,
	enable: async () => false,
	close: async () => {},
};
