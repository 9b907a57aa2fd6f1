"""Every address of the site, on one page, in the order of the road. All stand below a language: /fr/…"""

from django.urls import path

from .views import seats

urlpatterns = [
    # seats
    path("enter/<str:token>/", seats.seat_enter, name="seat-enter"),
    path("seats/<int:pk>/choose/", seats.seat_choose, name="seat-choose"),
    path("seats/leave/", seats.seat_leave, name="seat-leave"),
    # forums
    # participants
    # groups
    # testimonies
    # findings
    # recommendations
    # declarations
    # amendments
    # editions
    # followup
]
