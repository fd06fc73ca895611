// Records of a store that is opened with the first question to it: most runs have none.
import type { Records } from "../model/records.ts";
import type { StoreFailure } from "../model/store.ts";

/** The same records; what opening them says goes for each question. */
export function lazyRecords(keepsAll: boolean, open: () => Promise<Records | StoreFailure>): Records {
	let opened: Promise<Records | StoreFailure> | undefined;
	const ask = async <T>(question: (records: Records) => Promise<T>): Promise<T | StoreFailure> => {
		opened ??= open();
		const records = await opened;
		return "problem" in records ? records : question(records);
	};
	return {
		keepsAll,
		put: (records) => ask((store) => store.put(records)),
		list: (query) => ask((store) => store.list(query)),
		rivals: (keys, about) => ask((store) => store.rivals(keys, about)),
		claim: (records, times) => ask((store) => store.claim(records, times)),
		settle: (changes) => ask((store) => store.settle(changes)),
		removeInvalid: () => ask((store) => store.removeInvalid()),
		disabled: () => ask((store) => store.disabled()),
		disable: (hook) => ask((store) => store.disable(hook)),
		enable: (hook) => ask((store) => store.enable(hook)),
		close: async () => {
			if (opened !== undefined) await ask((store) => store.close());
		},
	};
}
