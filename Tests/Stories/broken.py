"""A site file with something wrong on lines 1, 2, 4, 5, 7 and 12."""

BROKEN = """site: Broken Site
timezone: Mars/Base
vip:
  source: horoscope
colour: blue
groups:
  pre-sales: { name: Pre, agents: [anna], max_waiting: -5 }
strategy:
  - name: nowhere
    reception: human-only
    plan:
      - { to: group, group: no-such-group, for: soon }
"""
