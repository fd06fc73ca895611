// `[store]`: where the records of deliveries are kept, and when what failed for now is tried again.
import type { StoreConfig } from "../model/store-config.ts";
import type { Fields } from "./fields.ts";
import { settings } from "./keys.ts";
import { refuseUnknown } from "./known.ts";
import { TABLES } from "./schema.ts";
import { STORE } from "./schema-store.ts";

/** Undefined where the config has no such table. */
export function readStore(root: Fields): StoreConfig | undefined {
	const fields = root.get("store")?.fields('write [store] with kind = "sqlite", "git" or "nats"');
	if (fields === undefined) return undefined;
	refuseUnknown(fields, TABLES.store);
	const store = settings(STORE, [fields]);
	const { kind } = store;
	if (kind !== "sqlite" && fields.has("path")) refuseFor(fields, "path", kind, "sqlite");
	if (kind !== "git" && kind !== "nats" && fields.has("url")) refuseFor(fields, "url", kind, "git or nats");
	if (store.path?.startsWith("~/") === true) {
		fields.wrong("path", "path begins with ~, which only a shell knows", "write the whole path");
	}
	if (kind === "nats" && !fields.has("url")) fields.missing("url", 'add url = "${NATS_URL}"');
	return store;
}

function refuseFor(fields: Fields, name: string, kind: string, owner: string): void {
	fields.wrong(name, `${name} is for a store of ${owner}, and this one is of ${kind}`, `remove ${name}`);
}
