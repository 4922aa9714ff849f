-- What the language models of a run used. Kept in the transaction of each `model_called`, so that
-- runs can be metered without reading their logs.

ALTER TABLE runs ADD COLUMN model_calls BIGINT NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN input_tokens BIGINT NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN cached_input_tokens BIGINT NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN output_tokens BIGINT NOT NULL DEFAULT 0;
-- Millionths of a US dollar; absent if the cost of no call is known.
ALTER TABLE runs ADD COLUMN cost_micros BIGINT;
-- 1 if there was a call whose cost is not known.
ALTER TABLE runs ADD COLUMN cost_is_partial BIGINT NOT NULL DEFAULT 0;
