"""Every address of the site, on one page, in the order of the road. All stand below a language: /fr/…"""

from django.urls import path

from .views import receipts, seats, stands, testimonies

urlpatterns = [
    # seats
    path("enter/<str:token>/", seats.seat_enter, name="seat-enter"),
    path("seats/<int:pk>/choose/", seats.seat_choose, name="seat-choose"),
    path("seats/leave/", seats.seat_leave, name="seat-leave"),
    # forums
    # participants
    # groups
    # testimonies
    path("<slug:forum>/testimonies/new/", testimonies.testimony_new, name="testimony-new"),
    path("<slug:forum>/testimonies/stopped/", testimonies.testimony_stopped, name="testimony-stopped"),
    path("<slug:forum>/testimonies/take/", testimonies.testimony_take, name="testimony-take"),
    path("<slug:forum>/testimonies/receipt/", receipts.testimony_receipt, name="testimony-receipt"),
    path("<slug:forum>/testimonies/receipt/consent/", receipts.testimony_consent, name="testimony-consent"),
    path("<slug:forum>/testimonies/receipt/withdraw/", receipts.testimony_withdraw, name="testimony-withdraw"),
    path("<slug:forum>/promises/", testimonies.promise_detail, name="promise-detail"),
    # findings
    # recommendations
    path("<slug:forum>/recommendations/<int:number>/stand/", stands.recommendation_stand, name="recommendation-stand"),
    # declarations
    # amendments
    # editions
    # followup
]
