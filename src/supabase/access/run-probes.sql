-- How many of these rows somebody sees; null when they may not ask.
create function pg_temp.bee_seen(who jsonb, statement text) returns bigint language plpgsql as $seen$
declare setting record; seen bigint;
begin
  for setting in select key, value from jsonb_each_text(who -> 'settings') loop
    perform set_config(setting.key, setting.value, true);
  end loop;
  perform set_config('role', who ->> 'role', true);
  execute statement into seen;
  raise exception using errcode = 'BEE05';
exception when sqlstate 'BEE05' then return seen; when others then return null;
end $seen$;
create function pg_temp.bee_probe(personas jsonb, probes jsonb) returns jsonb language plpgsql as $probe$
declare
  p jsonb; who jsonb; setting record; affected bigint; landed bigint; standing bigint; untouched bigint; seen bigint; answer text; outcomes jsonb[] := '{}';
  v_state text; v_message text; v_detail text; v_constraint text;
begin
  for p in select value from jsonb_array_elements(probes) loop
    begin
      who := personas -> (p ->> 'p')::int;
      answer := null; untouched := null; landed := null; seen := null;
      if p ? 'b' then execute p ->> 'b'; end if;
      for setting in select key, value from jsonb_each_text(who -> 'settings') loop
        perform set_config(setting.key, setting.value, true);
      end loop;
      perform set_config('role', who ->> 'role', true);
      if p ? 'r' then
        execute p ->> 's' into answer;
        affected := 0;
      else
        execute p ->> 's';
        get diagnostics affected = row_count;
      end if;
      if p ? 'i' then set constraints all immediate; end if;
      if p ? 'a' then
        perform set_config('role', 'none', true);
        execute p ->> 'a' into untouched;
      end if;
      if p ? 'c' then
        perform set_config('role', 'none', true);
        execute p ->> 'c' into landed;
        if landed > 0 and p ? 'v' then
          seen := pg_temp.bee_seen(personas -> (p ->> 'v')::int, p ->> 'c');
        end if;
      end if;
      raise exception using errcode = 'BEE02';
    exception
      when sqlstate 'BEE02' then
        if p ? 'c' then
          -- Taken back by now: what stood there before does not count.
          if landed > 0 then
            execute p ->> 'c' into standing;
            landed := landed - standing;
            if seen is not null then
              seen := seen - coalesce(pg_temp.bee_seen(personas -> (p ->> 'v')::int, p ->> 'c'), 0);
            end if;
          end if;
        end if;
        outcomes := outcomes || jsonb_build_array(affected, answer, untouched, landed, seen);
      when query_canceled then
        -- The timeout has struck and does not strike again: whoever asks must hear that the rest was not tried.
        exit;
      when others then
        get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_detail = pg_exception_detail, v_constraint = constraint_name;
        outcomes := outcomes || jsonb_build_array(v_state, v_message, v_detail, v_constraint);
    end;
  end loop;
  return to_jsonb(outcomes);
end $probe$;
