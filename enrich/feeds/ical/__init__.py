"""iCalendar (RFC 5545) as it really comes: lines, times and zones, values, events. Pure.

`enrich.feeds.calendar` reads whole calendars with them.
"""
