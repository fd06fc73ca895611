// The headers of a webhook, without those that a config cannot have.
import { isReserved } from "../../config/values.ts";
import { keyName } from "../../config/words.ts";
import type { Draft } from "./draft.ts";
import type { JsonTable } from "./json.ts";
import type { TomlTable } from "./toml.ts";

/** What every request has of itself; what else is reserved, none has. */
const SENT: readonly string[] = [
	...["accept-encoding", "connection", "content-length", "host", "x-rocky-event", "x-rocky-delivery"],
];

/** The table `headers` of the config; `from` is its place in what is imported. */
export function headersOf(source: JsonTable, from: string, draft: Draft): TomlTable | undefined {
	const headers = source.get("headers")?.object();
	const entries = (headers?.keys() ?? []).flatMap((name): [string, string][] => {
		const value = headers?.get(name)?.text()?.trim();
		if (value === undefined) return [];
		if (!isReserved(name)) return [[name, draft.named(name, value, `${from}.${name}`)]];
		const why = SENT.includes(name.toLowerCase())
			? "it is sent anyway"
			: "it belongs to the connection, and is not sent";
		draft.note(`header ${keyName(name)} is not carried over: ${why}`);
		return [];
	});
	return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
