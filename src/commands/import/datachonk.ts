// The body of DataChonk's call that creates a webhook, as a hook.
// https://www.datachonk.com/docs/api/webhooks
import { vocabulary } from "../../model/catalog.ts";
import { Draft, type Findings } from "./draft.ts";
import { headersOf } from "./headers.ts";
import type { JsonTable } from "./json.ts";
import type { Section } from "./toml.ts";

/** What DataChonk keeps of a webhook by itself. */
const ITS_OWN: readonly string[] = ["id", "created_at", "updated_at", "project_id"];

/** Whether an object is one of DataChonk's webhooks. */
export function isDataChonk(table: JsonTable): boolean {
	return table.has("url") && table.has("events");
}

/** The hook that sends what the webhook sends. */
export function importDataChonk(source: JsonTable, name: string, findings: Findings): Section | undefined {
	const url = source.needed("url", 'add "url"')?.text()?.trim();
	const events = source.texts("events");
	if (source.isEmpty("events")) source.get("events")?.wrong("is empty", 'name one: ["generation.completed"]');
	// DataChonk's own have no name.
	source.text("name");
	if (url === undefined) return undefined;
	const draft = new Draft(name, findings);
	draft.set("name", name);
	const description = source.text("description");
	draft.set("description", description === undefined ? undefined : draft.prose(description, "description"));
	draft.set("events", events);
	const known = vocabulary();
	for (const event of events) if (known.find(event) === undefined) findings.events.set(event, "custom");
	if (source.flag("enabled") === false || source.flag("active") === false) draft.set("enabled", false);
	draft.address("datachonk", url, "url");
	const secret = source.text("secret");
	if (secret !== undefined) {
		draft.set("secret", draft.secret(secret, "secret", "secret"));
		draft.set("signature", "datachonk");
	}
	draft.set("headers", headersOf(source, "headers", draft));
	const taken = ["url", "events", "secret", "name", "enabled", "active", "description", "headers"];
	const rest = source.keys().filter((key) => !taken.includes(key));
	const own = rest.filter((key) => ITS_OWN.includes(key));
	if (own.length > 0) draft.note(`${own.join(", ")}: DataChonk's own, not carried over`);
	for (const key of rest) if (!own.includes(key)) draft.leftOut(key);
	return draft.section(["subscription"]);
}
