// Records that a run only leaves in its results file: another workflow, which may write, puts them into a store.
import type { DeliveryRecord, Records } from "../model/records.ts";

/** Takes new records, and hands them over when the run ends. Nothing else can be done with them here. */
export function leftRecords(leave: (records: readonly DeliveryRecord[]) => void): Records {
	return {
		keepsAll: false,
		put: async (records) => {
			leave(records);
			return undefined;
		},
		list: async () => ({ records: [], invalid: 0 }),
		rivals: async () => ({ records: [], invalid: 0 }),
		claim: async () => [],
		settle: async () => [],
		removeInvalid: async () => 0,
		disabled: async () => [],
		disable: async () => ({ problem: "this store only leaves records for another" }),
		enable: async () => false,
		close: async () => {},
	};
}
