create function pg_temp.bee_seed(plan jsonb, holders jsonb, adopt boolean, attempts int) returns jsonb language plpgsql as $seed$
declare
  t jsonb; s jsonb; cands jsonb; cand text; parts text[]; cols text; reads text; vals text; slot text; holder text;
  held jsonb[]; place jsonb; at int := 0; own jsonb; picks int[]; winning int[]; n int; i int; tries int; stuck boolean; moved boolean;
  row_id tid; row_table oid; row_values text[]; failed text; step int[]; problem text; problems jsonb := '[]';
  v_constraint text; v_column text; v_state text; v_message text; v_detail text; found jsonb; theirs jsonb; checks jsonb; bound text; adopted text; replicated boolean; asked int; v_type text; conds text;
begin
  -- Rows of each table by its place in the plan: one document of all would be copied with every row.
  held := array_fill(null::jsonb, array[greatest(jsonb_array_length(plan), 1)]);
  select jsonb_object_agg(value ->> 'oid', ordinality) into place from jsonb_array_elements(plan) with ordinality;
  for t in select value from jsonb_array_elements(plan) loop
    at := at + 1;
    select string_agg(quote_ident(c), ', ' order by o) into cols from jsonb_array_elements_text(t -> 'columns') with ordinality x (c, o);
    select string_agg(quote_ident(c) || '::text', ', ' order by o) into reads from jsonb_array_elements_text(t -> 'all') with ordinality x (c, o);
    n := jsonb_array_length(t -> 'columns');
    checks := t -> 'constraints';
    own := '{}';
    winning := array_fill(0, array[greatest(n, 1)]);
    for s in select value from jsonb_array_elements(t -> 'slots') loop
      slot := s ->> 'slot';
      holder := case when slot in ('shown', 'turned') then 'b' when slot <> 'fresh' then slot when own ? 'b' then 'b' else 'none' end;
      cands := s -> 'values';
      picks := winning;
      tries := 0;
      stuck := false;
      replicated := false;
      asked := 0;
      -- A trigger may stamp the row with whoever asks, or refuse one that is not theirs.
      perform set_config(key, value, true) from jsonb_each_text(coalesce(holders -> holder, holders -> 'none'));
      failed := null;
      row_values := null;
      loop
        tries := tries + 1;
        vals := '';
        bound := null;
        for i in 0 .. n - 1 loop
          cand := cands -> i ->> least(picks[i + 1], jsonb_array_length(cands -> i) - 1);
          if left(cand, 1) = '@' then
            parts := regexp_match(cand, '^@(\d+):(-?\d+):(.*)$');
            theirs := held[(place ->> parts[1])::int];
            found := coalesce(theirs -> holder, theirs -> 'none', theirs -> 'a');
            if found is not null then
              cand := quote_nullable(found -> 'values' ->> parts[2]::int);
            elsif parts[3] <> '' then
              cand := parts[3];
            else
              cand := 'null';
            end if;
          end if;
          vals := vals || case when i = 0 then '' else ', ' end || cand;
          if tries = 1 and t -> 'bound' @> to_jsonb(i) and cand <> 'null' then
            bound := concat_ws(' and ', bound, format('%I = %s', t -> 'columns' ->> i, cand));
          end if;
        end loop;
        if tries = 1 and slot not in ('fresh', 'shown', 'third', 'turned') then
          adopted := bound;
          if adopt and (adopted is not null or slot = 'none') then
            -- A row that the given seeds have made goes before one of our own.
            begin
              execute format('select ctid, tableoid, array[%s] from %s where %s limit 1', reads, t ->> 'sql', coalesce(adopted, 'true')) into row_id, row_table, row_values;
              if row_id is not null then exit; end if;
            exception when others then null;
            end;
          end if;
        end if;
        begin
          execute case when n = 0 then format('insert into %s default values', t ->> 'sql')
            else format('insert into %s (%s) overriding system value values (%s)', t ->> 'sql', cols, vals) end
            || format(' returning ctid, tableoid, array[%s]', reads)
            into row_id, row_table, row_values;
          if row_id is null then
            failed := 'the row was swallowed by a trigger or rule';
            raise exception using errcode = 'BEE03', message = failed;
          end if;
          if slot = 'fresh' then
            raise exception using errcode = 'BEE04';
          end if;
          failed := null;
          exit;
        exception
          when sqlstate 'BEE04' then
            failed := null;
            exit;
          when sqlstate 'BEE03' then
            exit;
          when others then
            get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_constraint = constraint_name,
              v_column = column_name, v_detail = pg_exception_detail, v_type = pg_datatype_name;
            failed := v_state || ' ' || v_message;
        end;
        step := null;
        if v_state = '23502' then
          select array[o::int - 1] into step from jsonb_array_elements_text(t -> 'columns') with ordinality x (c, o) where c = v_column;
        elsif v_state in ('23514', '23505', '23P01', '23503') then
          select array_agg(e::int) into step from jsonb_array_elements_text(coalesce(checks -> ('domain ' || v_type), checks -> v_constraint, case when v_state = '23514' then checks -> '' end, '[]')) e;
          if step is null and v_state = '23514' then
            -- A domain's check, or a partition's bounds: it names no column of the table.
            select array_agg(g) into step from generate_series(0, n - 1) g where jsonb_array_length(cands -> g) > 1;
          end if;
        elsif v_state ~ '^22' then
          select array_agg(g) into step from generate_series(0, n - 1) g where jsonb_array_length(cands -> g) > 1;
        elsif v_state !~ '^(42|53|54|55|57|58|XX)' and asked = 0 then
          asked := 1;
          perform set_config(key, value, true) from jsonb_each_text(holders -> 'none');
          continue;
        elsif v_state !~ '^(42|53|54|55|57|58|XX)' and asked = 1 then
          asked := 2;
          begin
            set local session_replication_role = replica;
            replicated := true;
            continue;
          exception when insufficient_privilege then null;
          end;
        end if;
        moved := false;
        if step is not null then
          -- An odometer over the columns of the constraint that was broken.
          for i in reverse array_length(step, 1) .. 1 loop
            if picks[step[i] + 1] + 1 < jsonb_array_length(cands -> step[i]) then
              picks[step[i] + 1] := picks[step[i] + 1] + 1;
              moved := true;
              exit;
            end if;
            picks[step[i] + 1] := 0;
          end loop;
        end if;
        if not moved and v_state = '23505' then
          -- One row per user, and a trigger has made it already: that one will do.
          select string_agg(format('%I::text = %L', u.a, u.b), ' and ') into conds
          from regexp_match(coalesce(v_detail, ''), '^Key \((.*)\)=\((.*)\) already exists') m (p),
            unnest(string_to_array(replace(m.p[1], '"', ''), ', '), string_to_array(m.p[2], ', ')) u (a, b);
          if conds is not null and slot not in ('fresh', 'shown', 'third', 'turned') then
            begin
              execute format('select ctid, tableoid, array[%s] from %s where %s', reads, t ->> 'sql', conds) into row_id, row_table, row_values;
              if row_id is not null then failed := null; end if;
            exception when others then null;
            end;
          elsif slot = 'fresh' then
            failed := null;
            row_values := null;
          end if;
          exit;
        end if;
        if not moved or tries >= attempts then exit; end if;
      end loop;
      if failed is not null and slot not in ('fresh', 'shown', 'third', 'turned') and adopted is not null then
        begin
          execute format('select ctid, tableoid, array[%s] from %s where %s limit 1', reads, t ->> 'sql', adopted) into row_id, row_table, row_values;
          if row_id is not null then failed := null; end if;
        exception when others then null;
        end;
      end if;
      if replicated then set local session_replication_role = default; end if;
      if failed is not null then
        problems := problems || jsonb_build_object('table', t -> 'oid', 'slot', slot, 'why', failed,
          'columns', (select coalesce(jsonb_agg(t -> 'columns' -> e), '[]') from unnest(step) e));
        if slot not in ('fresh', 'shown', 'third', 'turned') then exit; end if;
      elsif row_values is not null or slot = 'fresh' then
        winning := picks;
        own := own || jsonb_build_object(slot, jsonb_build_object('ctid', row_id::text, 'table', row_table::int8, 'values', to_jsonb(row_values)));
        held[at] := own;
      end if;
    end loop;
  end loop;
  for t, at in select value, ordinality from jsonb_array_elements(plan) with ordinality where jsonb_array_length(value -> 'later') > 0 loop
    for s in select value from jsonb_array_elements(t -> 'later') loop
      foreach slot in array array['a', 'b', 'none'] loop
        found := held[at] -> slot;
        if found is null then continue; end if;
        theirs := held[(place ->> (s ->> 'table'))::int];
        begin
          execute format('update %s set %I = %L where ctid = %L and tableoid = %s returning ctid, tableoid, array[%s]', t ->> 'sql', s ->> 'column',
            coalesce(theirs -> slot, theirs -> 'none') -> 'values' ->> (s ->> 'at')::int,
            found ->> 'ctid', found ->> 'table',
            (select string_agg(quote_ident(c) || '::text', ', ' order by o) from jsonb_array_elements_text(t -> 'all') with ordinality x (c, o)))
            into row_id, row_table, row_values;
          if row_id is not null then
            held[at] := jsonb_set(held[at], array[slot], jsonb_build_object('ctid', row_id::text, 'table', row_table::int8, 'values', to_jsonb(row_values)));
          end if;
        exception when others then null;
        end;
      end loop;
    end loop;
  end loop;
  perform set_config(key, value, true) from jsonb_each_text(holders -> 'none');
  begin
    set constraints all immediate;
  exception when others then
    problems := problems || jsonb_build_object('table', 0, 'slot', '', 'why', sqlstate || ' ' || sqlerrm, 'columns', '[]'::jsonb);
  end;
  -- Triggers may have touched rows after they were made.
  for t, at in select value, ordinality from jsonb_array_elements(plan) with ordinality
    where jsonb_array_length(value -> 'key') > 0 and (value ->> 'moved')::boolean loop
    for slot, found in select key, value from jsonb_each(coalesce(held[at], '{}')) where key <> 'fresh' loop
      select string_agg(format('%I = %L', k.c, found -> 'values' ->> (a.o::int - 1)), ' and ') into conds
      from jsonb_array_elements_text(t -> 'key') k (c)
      join jsonb_array_elements_text(t -> 'all') with ordinality a (c, o) on a.c = k.c;
      begin
        execute format('select ctid, tableoid from %s where %s', t ->> 'sql', conds) into row_id, row_table;
        if row_id is not null then
          held[at] := held[at] || jsonb_build_object(slot, found || jsonb_build_object('ctid', row_id::text, 'table', row_table::int8));
        end if;
      exception when others then null;
      end;
    end loop;
  end loop;
  return jsonb_build_object('problems', problems, 'rows', (
    select coalesce(jsonb_object_agg(key, held[value::int]), '{}') from jsonb_each_text(place) where held[value::int] is not null));
end $seed$;
