// What every error code and every cause of a failure means: docs/errors.md is generated from it.
import type { Cause } from "../src/model/failure.ts";
import type { ErrorCode, WarningCode } from "../src/model/problem.ts";

export interface Explanation {
	/** One sentence, without its full stop. */
	readonly meaning: string;
	/** A message as it is told. */
	readonly example: string;
	/** One sentence, without its full stop: what to do. */
	readonly remedy: string;
}

/** The codes of errors: what the user wrote cannot be carried out, or something stopped a run. */
export const CODES: Readonly<Record<ErrorCode, Explanation>> = {
	input: {
		meaning: "An input of the action or a flag of the command has a value that cannot be used",
		example: 'duration-ms: "soon" is not a number',
		remedy: "Use a value of the form that the message names",
	},
	event: {
		meaning: "No event has that name",
		example: 'unknown event "pipeline_strat"',
		remedy: "Correct the name; `pipeline-hooks events` lists them all, and `[event.<name>]` declares one of your own",
	},
	context: {
		meaning: "The context of an event has an unknown key, or a value of the wrong type",
		example: 'context: unknown key "tabel"',
		remedy: "Correct the key, or put values of your own into `metadata`",
	},
	events_file: {
		meaning: "A file of events has a line that cannot be fired, or none of its lines uses the input `event`",
		example: "line 3 of events.jsonl: is not JSON",
		remedy:
			"Correct the line and fire the file again from there; the message says how many events were fired before it",
	},
	config_missing: {
		meaning: "No config was found where it was looked for",
		example:
			"no config file in /home/runner/work/etl; looked for .github/pipeline-hooks.toml, pipeline-hooks.toml, rocky.toml",
		remedy: "Check out the repository before this step, or name the file with `config`",
	},
	config_unreadable: {
		meaning: "The config exists, but the system or GitHub's API does not let it be read",
		example: "config file pipeline-hooks.toml cannot be read: permission denied",
		remedy: "Make it a regular file of at most 1 MB that this user may read",
	},
	config_syntax: {
		meaning: "The config is not valid TOML 1.0, or not UTF-8",
		example:
			"pipeline-hooks.toml:2:16: pipeline-hooks.toml is not valid TOML: a string has a control character or a line break in it",
		remedy: "Correct the line; an editor with a TOML extension marks it too",
	},
	config_shape: {
		meaning: "A table or key is unknown, missing, of the wrong type, or in the wrong place",
		example: 'pipeline-hooks.toml:3:1: unknown key "on_failre"',
		remedy: "Correct the key; the [reference](config.md) lists all keys",
	},
	config_value: {
		meaning: "A key has a value that it does not accept",
		example: 'pipeline-hooks.toml:4:1: on_failure is "stop", which is not one of abort, warn, ignore',
		remedy: "Give it one of the values that the message names",
	},
	template: {
		meaning: "A `body_template` has a tag that is unclosed, unknown or not supported",
		example: "body_template: {{#owners}} is not closed",
		remedy: "Correct the tag; [templates](templates.md) describes the language",
	},
	usage: {
		meaning: "The command was called with a flag or argument that it does not accept",
		example: "unknown option '--evnt'",
		remedy: "See `pipeline-hooks <command> --help`",
	},
	cancelled: {
		meaning: "The run was cancelled before anything was run, or did not end in time after it was cancelled",
		example: "cancelled before anything was run",
		remedy: "Run it again",
	},
	internal: {
		meaning: "An error in pipeline-hooks itself, or the system refused something it needs, such as disk space",
		example: "internal error: ENOSPC: no space left on device, write",
		remedy: "If the message names no cause on this machine, report it with the whole message",
	},
};

export const WARNINGS: Readonly<Record<WarningCode, Explanation>> = {
	hooks_left_out: {
		meaning: "In a `rocky.toml`, an event has a name that nothing here fires, so its hooks never run",
		example: 'unknown event "on_new_thing", its hooks are left out',
		remedy: "Correct the name; `pipeline-hooks events` lists them all",
	},
	choice_unknown: {
		meaning:
			"In a `rocky.toml`, a preset or a method is not one that is known here, so the default takes its place, as in Rocky",
		example: 'preset is "opsgenie", which is unknown, so it is "generic"',
		remedy: "Correct the name",
	},
	gate_not_read: {
		meaning: "A file that is not read, because another one is, has gates or may have some",
		example: "rocky.toml has gates that are not asked: only pipeline-hooks.toml is read",
		remedy: "Move its hooks into the file that is read, or remove one of the two",
	},
	chain_disabled: {
		meaning: "A `fallback` or `then` names a hook that is disabled",
		example: 'fallback names "mail", which is disabled',
		remedy: "Enable that hook, or remove its name",
	},
	not_held: {
		meaning: "An event could not be held for its batch, or held events could not be sent or removed",
		example: "slack-batch: 3 held events stay: it is disabled",
		remedy: "Do what the reason says; `pipeline-hooks flush` then sends what is still held",
	},
	not_stored: {
		meaning: "The store could not be opened, read or written, so what failed for now is not tried again later",
		example: "a delivery could not be stored: /work/.pipeline-hooks/state.db: database or disk is full",
		remedy:
			"Do what the reason says: [records](records.md#when-the-store-fails). Deliveries of the step itself went on",
	},
	unreadable_record: {
		meaning: "What is in the store is no record of this version, so it is not sent; the others are",
		example: "1 stored message cannot be read: `pipeline-hooks prune --unreadable` removes them",
		remedy: "Look with the version that has written it, if there is a newer one; else remove it as the message says",
	},
	mute: {
		meaning: "A part of the variable `PIPELINE_HOOKS_MUTE` mutes nothing",
		example: 'PIPELINE_HOOKS_MUTE: no hook is named "tell-slak"',
		remedy: "Write `<hook> until <time>`, as in [muting](managing.md#mute); gates are never muted",
	},
	switched_off: {
		meaning:
			"A receiver wants no further deliveries of a hook, by 410 or `webhook-delivery: disable`; they wait in the store",
		example: "tell-slack is switched off by its receiver (410 Gone); `pipeline-hooks enable tell-slack` switches it on",
		remedy: "Mend the URL or remove the hook; `pipeline-hooks enable NAME` switches it on again",
	},
	unknown_field: {
		meaning: "A template names a field that no event has, or not those that it is filled with, so it inserts nothing",
		example: "body_template: {{piepline}} names a field that no event has",
		remedy: "Correct the name; [templates](templates.md) lists them, and values of your own are in `metadata`",
	},
	not_json: {
		meaning: "A tag in a JSON body inserts a text without quotes, or JSON inside of them, so the message is not JSON",
		example: "body_template: {{pipeline}} inserts a text without quotes",
		remedy: 'Write `"{{field}}"` in quotes, or `{{{field}}}` without',
	},
	unknown_mention: {
		meaning: "A `mention` names someone whom the service cannot mention, and stays plain text",
		example: 'mention has "@jane", which mentions nobody in Slack',
		remedy: "Write an id or a word that the message lists",
	},
	unusable_value: {
		meaning:
			"A colour or a link is not one that a message can have, so the message goes without it; or the name of a field or a link has a tag in it, which is shown as it is",
		example: "color is not a colour",
		remedy: "Write `#rrggbb` or a status, addresses with `https://`, and names as they are to be shown",
	},
	unused_option: {
		meaning: "An option of the preset is part of a message that is not sent, because the hook writes its own or none",
		example: "mention is not used: body_template replaces the message that would have it",
		remedy: "Write what it says into `body_template`, or remove one of the two",
	},
	missing_option: {
		meaning: "The preset needs an option that a `rocky.toml` does not have, or that is empty if its variable is",
		example: "preset pagerduty has no routing_key",
		remedy: "Add it, with a variable that must be set",
	},
	literal_secret: {
		meaning: "A secret is written in the config itself",
		example: "routing_key is a credential, which everyone who reads this file can use",
		remedy:
			"Put it into a secret of the repository, and write `${VARIABLE}` in its place; renew one that was committed",
	},
	short_time: {
		meaning: "A time is so short that seconds may be meant, and all times are milliseconds",
		example: "timeout_ms is 30 milliseconds",
		remedy: "Write milliseconds: `timeout_ms = 30000` for 30 seconds",
	},
	unsuitable_url: {
		meaning: "The URL is retired, or takes other messages than the hook sends. In a run it is a note of the delivery",
		example: "connector URLs of webhook.office.com are retired",
		remedy: "Use the URL that the message names, or the preset that suits this one",
	},
};

/** The causes of failures: why a delivery did not succeed. */
export const CAUSES: Readonly<Record<Cause, Explanation>> = {
	refused: {
		meaning: "Nothing listens at that address and port",
		example: "connection refused",
		remedy: "Check the host and port, and that the receiver is running",
	},
	name_not_found: {
		meaning: "The host's name has no address",
		example: "name not found",
		remedy: "Check the spelling of the host, and that the runner's DNS server knows it",
	},
	unreachable: {
		meaning: "The host cannot be reached, or the proxy cannot reach it at the moment",
		example: "network unreachable",
		remedy: "Check the runner's network, firewall and proxy",
	},
	timeout: {
		meaning: "There was no response within `timeout_ms`, or the command had not ended by then",
		example: "no response within 10000 ms",
		remedy: "Raise `timeout_ms`, or find out why the receiver or the command takes so long",
	},
	reset: {
		meaning: "The connection was closed before a response arrived",
		example: "connection reset",
		remedy: "Check the receiver and what is in front of it: it may have crashed, or it refuses the request",
	},
	tls: {
		meaning:
			"No trusted TLS connection could be made: a certificate does not verify, or the two sides have no version or cipher in common",
		example: "TLS: certificate has expired",
		remedy: "Renew the certificate, or name the CA certificate of a private one with `ca_file`",
	},
	protocol: {
		meaning: "The response is not HTTP, or on NATS not the acknowledgement of a stream",
		example: "the response is not HTTP (HPE_INVALID_CONSTANT)",
		remedy: "Check that the URL, and its port, lead to an HTTP server, or its subject to a stream: [NATS](nats.md)",
	},
	proxy: {
		meaning: "The proxy does not let the request through",
		example: "proxy (HTTPS_PROXY): 407 Proxy Authentication Required",
		remedy:
			"Correct the variable that the reason names, or exclude the host with `NO_PROXY`: [on the network](network.md)",
	},
	forbidden: {
		meaning: "Nothing is sent to such an address: link-local, metadata, or private with `allow_private = false`",
		example: "the host's address 169.254.169.254 is an address of a cloud's metadata service; nothing is sent there",
		remedy: "Correct the URL, or what its name resolves to",
	},
	invalid: {
		meaning: "The request cannot be made",
		example: "the request cannot be made: a header has a character that is not allowed in headers",
		remedy: "Correct the header, the method or the URL that the reason names",
	},
	status: {
		meaning: "The status of the receiver's response is not 2xx; it is in `http_status`",
		example: "503 Service Unavailable: down for maintenance, after 4 attempts",
		remedy: "Do what the response says; its text follows the status",
	},
	rejected: {
		meaning: "The service responded with a 2xx whose body says that it refused the message",
		example: "Slack responded with channel_not_found",
		remedy: "Do what the service says: [presets](presets.md) describes each service",
	},
	unconfirmed: {
		meaning: "The body of a 2xx says whether the service accepted the message, and it did not arrive whole",
		example: "unconfirmed: 200, but the response was truncated",
		remedy: "Check whether the message has arrived; it is not sent again, since it might then arrive twice",
	},
	denied: {
		meaning: "A gate said no, or its response does not prove a yes",
		example: "deploys are frozen until Monday",
		remedy: 'Wait for the gate to allow it; a gate allows by `{"allow": true}`: [gates](gates.md)',
	},
	deadline: {
		meaning:
			"The delivery was not sent before `deadline_ms`: its receiver accepted nothing, or asked for a longer wait",
		example: "not sent: the receiver has accepted nothing for 60 s",
		remedy: "Raise `deadline_ms`, or send less at once: [receivers with limits](network.md#receivers-with-limits)",
	},
	cancelled: {
		meaning: "The run was cancelled while the delivery was in flight; the receiver may have received it",
		example: "cancelled; before that: 503 Service Unavailable",
		remedy: "Run it again if it is still needed",
	},
	exit: {
		meaning: "The exit code of the command was not 0",
		example: "orders has no rows (exit code 1)",
		remedy: "See the command's last line of output, before the code; the log has all its output",
	},
	signal: {
		meaning: "A signal ended the command",
		example: "ended by SIGKILL",
		remedy: "Find out what sent it: often the system, because memory ran out",
	},
	not_started: {
		meaning: "The command could not be started",
		example: "could not be started: pwsh was not found in the PATH of the hook: install it, or choose another shell",
		remedy: "Install the shell, or choose another one with `shell`",
	},
	unset_variable: {
		meaning: "A variable that the hook reads is unset or empty",
		example: "variable SLACK_WEBHOOK_URL is unset or empty; set it in the step's env",
		remedy: "Set it in the step's `env`, or write a default: `${VAR:-default}`",
	},
	invalid_message: {
		meaning: "No message can be made: its URL, headers, secret or body are not valid with the values of the variables",
		example: "url has the scheme ftp; webhooks are sent to https:// and nats:// URLs only",
		remedy: "Correct the value; `pipeline-hooks render` shows the message without sending it",
	},
	ca_file: {
		meaning: "The file that `ca_file` names cannot be used",
		example: "ca_file ca.pem not found",
		remedy: "Name a file of PEM certificates, as a path relative to the workspace",
	},
	untrusted: {
		meaning: "A shell hook would run in a workspace that may contain a stranger's code",
		example: "refused on pull_request_target: the workspace may contain a stranger's code",
		remedy:
			"Set `allow-untrusted-shell: true` if nothing in it comes from a pull request: [why](adr/0006-untrusted-workspaces.md)",
	},
	interrupted: {
		meaning: "The run stopped with an error while the delivery was in flight; it may or may not have arrived",
		example: "the run stopped on an error while this was in flight; it may or may not have arrived",
		remedy: "Check the receiver before you send it again",
	},
	internal: {
		meaning: "An error in pipeline-hooks itself while it made or sent the message",
		example: "internal error: Invalid string length",
		remedy: "Report it with the log",
	},
};
