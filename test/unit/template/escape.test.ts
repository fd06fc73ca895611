// Which content type means which escaping.
import { expect, it } from "vitest";
import { escapingFor } from "../../../src/template/template.ts";

it.each([
	["application/json", "json"],
	["Application/JSON; charset=UTF-8", "json"],
	[" application/json ;charset=utf-8", "json"],
	["application/cloudevents+json; charset=utf-8", "json"],
	["application/vnd.api+JSON", "json"],
	["application/x-www-form-urlencoded", "form"],
	["APPLICATION/X-WWW-FORM-URLENCODED; charset=utf-8", "form"],
	["text/plain; format=application/json", "none"],
	["application/jsonl", "none"],
	["application/x-ndjson", "none"],
	["application/xml", "none"],
	["+json", "none"],
	["", "none"],
])("%s is escaped as %s", (contentType, escaping) => {
	expect(escapingFor(contentType)).toBe(escaping);
});
