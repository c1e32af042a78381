"""Reading of iCalendar (RFC 5545) and its common errors: lines, times, zones, values, events. Pure.

`enrich.feeds.calendar` uses these modules to read whole calendars.
"""
