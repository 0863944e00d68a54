-- I5: a hold moves its amount into held once; ended, it moves it out once, the way its state says. Nothing else touches
-- a held account.
with held as (
  select id, fund_account_id, owner_id from ledger_account where court_id = :court and kind = 'held'
), moved as (
  select split_part(e.source_ref, ':', 1) as hold, h.owner_id, e.source, e.amount_fen,
         e.credit_account = h.id as into_held,
         (select o.kind from ledger_account o
           where o.court_id = :court
             and o.id = case when e.credit_account = h.id then e.debit_account else e.credit_account end) as other
    from held h
    join ledger_entry e on e.court_id = :court and h.id in (e.debit_account, e.credit_account)
), counted as (
  select hold, owner_id,
         count(*) filter (where into_held and other = 'case') as reserved,
         count(*) filter (where not into_held and other = 'bank') as posted,
         count(*) filter (where not into_held and other = 'case') as voided,
         count(*) as entries, min(amount_fen) as least, max(amount_fen) as most
    from moved group by hold, owner_id
)
select coalesce(h.id::text, c.hold) as subject,
       concat(h.state, ' ', h.amount_fen, ': ', c.reserved, '/', c.posted, '/', c.voided, ' of ', c.entries) as found
  from (select * from ledger_hold where court_id = :court) h
  full join counted c on c.hold = h.id::text and c.owner_id = h.case_id
 where (c.reserved, c.posted, c.voided, c.entries, c.least, c.most)
       is distinct from
       (1::bigint, (h.state = 'posted')::int::bigint, (h.state = 'voided')::int::bigint,
        1 + (h.state <> 'reserved')::int::bigint, h.amount_fen, h.amount_fen)
 order by 1
