"""Every address of the site, on one page, in the order of the road. All stand below a language: /fr/…"""

from django.urls import path

from .views import declarations, editions, forums, receipts, seats, stands, testimonies

urlpatterns = [
    # seats
    path("enter/<str:token>/", seats.seat_enter, name="seat-enter"),
    path("seats/<int:pk>/choose/", seats.seat_choose, name="seat-choose"),
    path("seats/leave/", seats.seat_leave, name="seat-leave"),
    # forums
    path("", forums.home, name="home"),
    path("<slug:forum>/", forums.forum_detail, name="forum-detail"),
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
    path("<slug:forum>/declaration/", declarations.declaration_detail, name="declaration-detail"),
    # amendments
    # editions
    path("<slug:forum>/declaration/editions/", editions.edition_list, name="edition-list"),
    path("<slug:forum>/declaration/editions/<int:number>/", editions.edition_detail, name="edition-detail"),
    path(
        "<slug:forum>/declaration/editions/<int:number>/declaration.<str:language>.<slug:extension>",
        editions.edition_file,
        name="edition-file",
    ),
    path("<slug:forum>/verify/", editions.verify, name="verify"),
    # followup
]
