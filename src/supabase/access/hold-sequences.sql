-- nextval is not taken back by a rollback, but ALTER SEQUENCE is: it gives the sequence a file of its own for this
-- transaction, which counts alone and vanishes with it. Others who count wait until then.
create function pg_temp.bee_hold(sequences jsonb) returns void language plpgsql as $hold$
declare
  s text; kept record;
begin
  for s in select value from jsonb_array_elements_text(sequences) loop
    select seqstart, seqincrement, pg_sequence_last_value(seqrelid) as last into kept from pg_sequence where seqrelid = s::regclass;
    begin
      execute format('alter sequence %s restart with %s', s, coalesce(kept.last + kept.seqincrement, kept.seqstart));
    exception when numeric_value_out_of_range or invalid_parameter_value then
      -- At its end: there is nothing left to count.
      null;
    end;
  end loop;
end $hold$;
